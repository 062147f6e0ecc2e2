import type { LayerEffort } from '../model/profile/layer-times.js';
import type { HopEffort } from '../stage/profile/hop-time.js';

/** How much is measured. */
export interface ProfileEffort {
  readonly layers: LayerEffort;
  readonly hops: HopEffort;
  /** Each sends and reads 16 MB. */
  readonly bandwidthPasses: number;
  /** Lone records through a stage at rest, at least five. */
  readonly roundTrips: number;
  /** Of one item, each after a rest. */
  readonly restedRuns: number;
  /** Samples of the time of decoding and encoding, where there is no broker. */
  readonly codecSamples: number;
}

const mebibyte = 1024 * 1024;

/** Enough for figures that come out the same the next time. */
export const fullEffort: ProfileEffort = {
  layers: { leastRounds: 15, mostRounds: 60, mostMs: 120_000, mostParts: 6, heldOut: 10 },
  hops: { measuredBytes: 48 * mebibyte, mostRecords: 500 },
  bandwidthPasses: 7,
  roundTrips: 100,
  restedRuns: 60,
  codecSamples: 25,
};

/** Enough to see that it works, and about what comes out. */
export const quickEffort: ProfileEffort = {
  layers: { leastRounds: 3, mostRounds: 5, mostMs: 5_000, mostParts: 3, heldOut: 4 },
  hops: { measuredBytes: 4 * mebibyte, mostRecords: 60 },
  bandwidthPasses: 2,
  roundTrips: 20,
  restedRuns: 10,
  codecSamples: 5,
};
