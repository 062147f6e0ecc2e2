/** A plan of which nothing was predicted. */
export const plan = {
  name: 'p1',
  pipeline: 'taxi',
  modelDigest: 'ab'.repeat(32),
  lanes: 6,
  topK: 5,
  encoding: 'shuffle+zstd',
  strategy: 'even',
  cuts: [7, 14],
  startOffsets: [0, 1, 2, 3, 4, 4000000000],
  rules: {
    steps: 20,
    tripGapMs: 600000,
    maxSpeedKmh: 250,
    maxFutureMs: 300000,
    memoryMs: 3600000,
  },
  createdAtMs: 1709478000000,
  stages: [],
  predictedItemsPerS: 0,
  predictedLatencyMs: 0,
} as const;

/** The same plan with what was predicted of it. */
export const forecast = {
  ...plan,
  stages: [
    {
      nodes: ['알파', 'beta'],
      replicas: 2,
      computeMs: 0.0625,
      hopMs: 0.03125,
      itemsPerS: 21333.5,
    },
    { nodes: [], replicas: 1, computeMs: 0.1, hopMs: 0, itemsPerS: 10000 },
  ],
  predictedItemsPerS: 9876.5,
  predictedLatencyMs: 12.25,
};

/** A node's offer. */
export const offer = {
  node: '노드-1',
  cores: 0.5,
  memoryBytes: 8000000000,
  speed: 1.25,
  uploadBytesPerS: 150000000,
  downloadBytesPerS: 300000000,
  roundTripMs: 2.125,
  modelDigest: 'ab'.repeat(32),
  measuredAtMs: 1709478000000,
  profile: '{"version":1,"node":"노드-1"}',
};

/** One of which nothing is known. */
export const leastOffer = {
  node: '',
  cores: 0,
  memoryBytes: 0,
  speed: 1,
  uploadBytesPerS: 0,
  downloadBytesPerS: 0,
  roundTripMs: 0,
  modelDigest: '',
  measuredAtMs: 0,
  profile: '',
};
