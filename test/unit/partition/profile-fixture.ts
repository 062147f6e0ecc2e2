import type { Profile } from '../../../src/partition/profile.js';

const exact = (median: number) => ({ median, spread: 0 });

/** A small profile, with figures that can be followed by hand. */
export const profile: Profile = {
  version: 1,
  modelDigest: 'ab'.repeat(32),
  measuredAtMs: 1709478000000,
  node: {
    name: 'alpha',
    cores: 0.5,
    memoryBytes: 1e9,
    speed: 1,
    uploadBytesPerS: 1e8,
    downloadBytesPerS: 2e8,
    roundTripMs: 2,
  },
  layers: [
    {
      ...{ name: 'gru', className: 'GRU', route: 'native', weightsBytes: 4000, workingBytes: 80 },
      times: [
        { batch: 1, ms: exact(1) },
        { batch: 8, ms: { median: 4, spread: 0.5 } },
      ],
    },
    {
      ...{ name: 'own', className: 'Conv1D', route: 'tfjs', weightsBytes: 8000, workingBytes: 40 },
      times: [
        { batch: 1, ms: exact(2) },
        { batch: 8, ms: exact(6) },
      ],
    },
  ],
  calls: [
    { batch: 1, ms: 0.25 },
    { batch: 8, ms: 0.5 },
  ],
  rangeErrors: [
    { count: 1, median: 0.01, largest: 0.01 },
    { count: 1, median: 0.02, largest: 0.02 },
  ],
  cuts: [
    { raw: 100, f16: 100 },
    { raw: 400, f16: 200 },
    { raw: 60, f16: 50 },
  ],
  hops: [
    {
      ...{ encoding: 'raw', recordMs: 0.1, itemMs: 0.01 },
      ...{ decodeNsPerByte: 0.5, encodeNsPerByte: 0.25 },
    },
  ],
  hopErrors: [{ count: 6, median: 0.01, largest: 0.05 }],
  link: {
    roundTripMs: { median: 2, spread: 0.25 },
    uploadBytesPerS: { median: 1e8, spread: 1e6 },
    downloadBytesPerS: { median: 2e8, spread: 2e6 },
  },
  restSlowdown: 1,
  recordItems: 64,
  processBytes: 4e8,
};
