import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { defaultRules } from '../../../src/geo/windows.js';
import { discoveredNodes } from '../../../src/partition/discovered-nodes.js';
import { cutsOf, forecastOf } from '../../../src/partition/plan-file.js';
import { manualPlan } from '../../../src/partition/planner/manual-plan.js';
import { parseProfile } from '../../../src/partition/profile-file.js';
import type { NodeResources, Profile } from '../../../src/partition/profile.js';
import { nodesOfPlan, replanned } from '../../../src/partition/replan.js';
import type { PlanRecord } from '../../../src/wire/partition-plan.js';
import { projectDir } from '../../../src/project-dir.js';

/** 21 layers: seven GRUs of 1.6 ms a record of 64, with a little between them. */
const fixture = join(projectDir(), 'test', 'e2e', 'fixtures', 'profile.json');

describe('replanning', () => {
  let profile: Profile;
  let nodes: readonly NodeResources[];
  let plan: PlanRecord;
  before(async () => {
    profile = parseProfile(await readFile(fixture, 'utf8'));
    // Memory for half of the network's weights: it has to be cut.
    const memoryBytes = 204_000_000;
    nodes = ['a', 'b'].map((name) => ({
      ...profile.node,
      name,
      memoryBytes,
      uploadBytesPerS: 1e9,
      downloadBytesPerS: 1e9,
    }));
    const { modelDigest } = profile;
    const run = manualPlan([10]).plan({
      profile,
      nodes,
      lanes: 1,
      encoding: 'raw',
      goal: 'throughput',
    });
    plan = {
      ...{ name: 'p1', pipeline: 'taxi', modelDigest, lanes: 1, topK: 5, encoding: 'raw' },
      ...{ strategy: 'manual', cuts: [10], startOffsets: [0], rules: defaultRules, createdAtMs: 0 },
      ...forecastOf(run),
    };
  });

  const ratios = (first: number | null, second: number | null) => [
    { layers: { from: 0, to: 10 }, ratio: first },
    { layers: { from: 10, to: 21 }, ratio: second },
  ];

  it('moves layers away from a stage that is slower than planned, and says what that gains', () => {
    const { best, gain } = replanned(plan, profile, nodes, ratios(1, 1.6));
    const [cut = 0] = cutsOf(best);
    assert.equal(best.stages.length, 2);
    assert(cut > 10, `cut before ${cut}`);
    assert(gain > 1.02 && gain < 1.6, `gain ${gain}`);
    const other = replanned(plan, profile, nodes, ratios(1.6, null));
    assert((cutsOf(other.best)[0] ?? 0) < 10);
  });

  it('takes the nodes of a plan as they are known, and others as the profiled one', () => {
    const [a] = nodes;
    assert(a !== undefined);
    const stages = [{ nodes: ['a', 'x', 'x'], replicas: 3, computeMs: 1, hopMs: 1, itemsPerS: 1 }];
    assert.deepEqual(nodesOfPlan({ ...plan, stages }, nodes, profile.node), [
      a,
      { ...profile.node, name: 'x', cores: 2 },
    ]);
  });

  it('takes discovered nodes at their speed beside the profiled one', () => {
    const layers = profile.layers.map((layer) => ({
      ...layer,
      times: layer.times.map(({ batch, ms }) => ({ batch, ms: { ...ms, median: 4 * ms.median } })),
    }));
    // Four times slower, as told by a profile that was itself compared with another.
    const slow = { ...profile, node: { ...profile.node, name: 'slow', speed: 0.3 }, layers };
    const base = { ...profile, node: { ...profile.node, speed: 2 } };
    const speeds = discoveredNodes([slow, base], base).map(({ name, speed }) => [name, speed]);
    assert.deepEqual(speeds, [
      ['slow', 0.25],
      ['bench', 1],
    ]);
  });
});
