import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError } from '../../../src/errors.js';
import { forecastOf, parsePlanFile, planFileOf } from '../../../src/partition/plan-file.js';
import type { Profile } from '../../../src/partition/profile.js';
import { aRun, aStage, aTable } from '../observe/planned-runs.js';

const node = {
  ...{ name: 'here', cores: 1, memoryBytes: 1e9, speed: 1 },
  ...{ uploadBytesPerS: 1e8, downloadBytesPerS: 1e8, roundTripMs: 2 },
};
const profile: Profile = {
  ...{ version: 1, modelDigest: 'abc', measuredAtMs: 0, node, layers: [], calls: [], cuts: [] },
  ...{
    rangeErrors: [],
    hopErrors: [],
    hops: [],
    link: null,
    restSlowdown: 1,
    recordItems: 64,
    processBytes: 1,
  },
};

function written(): Record<string, unknown> {
  const request = { profile, nodes: [node], lanes: 6, encoding: 'f16', goal: 'latency' } as const;
  return JSON.parse(JSON.stringify(planFileOf(request, aTable(), 5))) as Record<string, unknown>;
}

describe('a plan file', () => {
  it('gives what it orders back: model, encoding, lanes and the chosen plan', () => {
    const { chosen } = aTable();
    const orders = parsePlanFile(JSON.stringify(written()), 'plan.json');
    const { modelDigest, encoding, lanes } = orders;
    assert.deepEqual(
      { modelDigest, encoding, lanes },
      { modelDigest: 'abc', encoding: 'f16', lanes: 6 },
    );
    assert.deepEqual(orders.chosen, chosen);
  });

  it('holds the whole table for other programs', () => {
    const { goal, ratePerS, plannedAtMs, byNodeCount, even, proof } = written();
    assert.deepEqual([goal, ratePerS, plannedAtMs, proof], ['latency', null, 5, 'complete']);
    assert(Array.isArray(byNodeCount) && byNodeCount.length === 3);
    assert(Array.isArray(even) && even.length === 3);
  });

  it('is refused where its stages leave layers out, or it is something else', () => {
    const gap = aRun([aStage(0, 5, ['a']), aStage(6, 21, ['b'])]);
    const refused = (text: string, says: RegExp): void => {
      assert.throws(
        () => parsePlanFile(text, 'plan.json'),
        (error) => error instanceof ConfigError && says.test(error.message),
      );
    };
    refused(JSON.stringify({ ...written(), chosen: gap }), /begin where the one before ends/);
    refused('{"version": 2}', /version: /);
    refused('nonsense', /no JSON/);
  });

  it('makes a forecast with as many workers of a stage as it names nodes', () => {
    const run = aRun([
      aStage(0, 5, ['a', 'a', 'b'], { computeMs: 0.5, hopMs: 0.1, itemsPerS: 900 }),
      aStage(5, 21, ['c']),
    ]);
    const { stages, predictedItemsPerS, predictedLatencyMs } = forecastOf(run);
    assert.deepEqual(stages[0], {
      ...{ nodes: ['a', 'a', 'b'], replicas: 3, computeMs: 0.5, hopMs: 0.1, itemsPerS: 900 },
    });
    assert.deepEqual([predictedItemsPerS, predictedLatencyMs], [800, 40]);
  });
});
