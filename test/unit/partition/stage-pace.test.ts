import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measuredProfile } from '../../../src/partition/measured-profile.js';
import type { Profile } from '../../../src/partition/profile.js';
import { PaceWindow, paceOf } from '../../../src/partition/stage-pace.js';

const factor = 1.25;
/** Planned: 0.5 ms an item. */
const plannedMs = 0.5;

/** Takes so many inferences of so many items, each item in so many milliseconds. */
function take(window: PaceWindow, inferences: number, items: number, itemMs: number): number {
  let told = 0;
  for (let one = 0; one < inferences; one += 1) if (window.take(items, items * itemMs)) told += 1;
  return told;
}

describe('the pace of a stage', () => {
  it('is measured time over planned time, and slower above the factor', () => {
    // 100 inferences of 64 items: 6,400 items at 0.5 ms are 3,200 ms.
    const sample = { inferences: 100, items: 6_400 };
    const ratio = (totalMs: number) => paceOf({ ...sample, totalMs }, plannedMs, factor);
    assert.deepEqual(ratio(3_200), { state: 'asPlanned', ratio: 1 });
    assert.deepEqual(ratio(4_000), { state: 'asPlanned', ratio: 1.25 });
    assert.deepEqual(ratio(5_760), { state: 'slower', ratio: 1.8 });
    assert.deepEqual(ratio(1_600), { state: 'asPlanned', ratio: 0.5 });
  });

  it('is unknown without a plan, with few inferences, or where batches are small', () => {
    const unknown = { state: 'unknown' };
    const slow = { inferences: 100, items: 6_400, totalMs: 64_000 };
    assert.deepEqual(paceOf(slow, 0, factor), unknown);
    assert.deepEqual(paceOf({ ...slow, inferences: 19 }, plannedMs, factor), unknown);
    assert.deepEqual(paceOf({ ...slow, items: 3_199 }, plannedMs, factor), unknown);
    assert.equal(paceOf({ ...slow, items: 3_200 }, plannedMs, factor).state, 'slower');
  });
});

describe('a window over a worker’s inferences', () => {
  it('says nothing of a worker that has just begun, nor of its first inferences', () => {
    const window = new PaceWindow(plannedMs, factor);
    take(window, 10, 64, 50);
    take(window, 19, 64, 0.5);
    assert.deepEqual(window.pace, { state: 'unknown' });
    take(window, 1, 64, 0.5);
    assert.deepEqual(window.pace, { state: 'asPlanned', ratio: 1 });
  });

  it('forgets what is longer ago than 200 inferences', () => {
    const window = new PaceWindow(plannedMs, factor);
    take(window, 210, 64, 0.5);
    take(window, 200, 64, 0.9);
    const { pace } = window;
    assert(pace.state === 'slower' && Math.abs(pace.ratio - 1.8) < 1e-9);
  });

  it('passes small batches over, of whatever pace', () => {
    const window = new PaceWindow(plannedMs, factor);
    take(window, 60, 64, 0.5);
    take(window, 500, 8, 5);
    assert.deepEqual(window.pace, { state: 'asPlanned', ratio: 1 });
  });

  it('tells once that it has become slower, though its ratio goes up and down about the limit', () => {
    const window = new PaceWindow(plannedMs, factor);
    assert.equal(take(window, 300, 64, 0.5), 0);
    assert.equal(take(window, 300, 64, 0.63), 1);
    // 1.2 and 1.26 times the plan: not back below 1.125.
    assert.equal(take(window, 300, 64, 0.6) + take(window, 300, 64, 0.63), 0);
    assert.equal(take(window, 300, 64, 0.5), 0);
    assert.equal(window.pace.state, 'asPlanned');
    assert.equal(take(window, 300, 64, 0.9), 1);
  });
});

describe('a measured profile', () => {
  const layer = (name: string, ms: number) => ({
    ...({ name, className: 'Dense', route: 'native', weightsBytes: 8, workingBytes: 4 } as const),
    times: [
      { batch: 1, ms: { median: ms, spread: 0.1 } },
      { batch: 64, ms: { median: 10 * ms, spread: 1 } },
    ],
  });
  const profile: Profile = {
    version: 1,
    modelDigest: 'ab',
    measuredAtMs: 0,
    node: {
      ...{ name: 'here', cores: 1, memoryBytes: 1e9, speed: 1 },
      ...{ uploadBytesPerS: 1e8, downloadBytesPerS: 1e8, roundTripMs: 2 },
    },
    layers: [layer('a', 1), layer('b', 2), layer('c', 3), layer('d', 4)],
    calls: [
      { batch: 1, ms: 0 },
      { batch: 64, ms: 0 },
    ],
    rangeErrors: [],
    hopErrors: [],
    link: null,
    cuts: [{ raw: 80 }, { raw: 40 }, { raw: 40 }, { raw: 40 }, { raw: 20 }],
    hops: [],
    restSlowdown: 1,
    recordItems: 64,
    processBytes: 1e8,
  };

  it('scales the layers of each stage as the stage was measured, and leaves what is not known', () => {
    const measured = measuredProfile(profile, [
      { layers: { from: 0, to: 1 }, ratio: null },
      { layers: { from: 1, to: 3 }, ratio: 1.5 },
      { layers: { from: 3, to: 4 }, ratio: 0.5 },
    ]);
    const medians = measured.layers.map(({ times }) => times.map(({ ms }) => ms.median));
    assert.deepEqual(medians, [
      [1, 10],
      [3, 30],
      [4.5, 45],
      [2, 20],
    ]);
    assert.deepEqual(measured.layers[1]?.times[1]?.ms, { median: 30, spread: 1.5 });
    assert.deepEqual({ ...measured, layers: [] }, { ...profile, layers: [] });
  });

  it('leaves to the engine’s call what it costs, so that the whole run is as measured', () => {
    const calls = [
      { batch: 1, ms: 1 },
      { batch: 64, ms: 10 },
    ];
    const measured = measuredProfile({ ...profile, calls }, [
      { layers: { from: 1, to: 3 }, ratio: 1.5 },
    ]);
    // Layers b and c take 2 + 3 ms and the call 1 ms: 1.5 times that is 9 ms, 8 of them the layers'.
    const medians = measured.layers.map(({ times }) => Number(times[0]?.ms.median.toFixed(9)));
    assert.deepEqual(medians, [1, 3.2, 4.8, 4]);
  });
});
