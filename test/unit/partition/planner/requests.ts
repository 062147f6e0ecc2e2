import fc from 'fast-check';
import type { LayerProfile, NodeResources, Profile } from '../../../../src/partition/profile.js';
import type { Goal, PlanRequest } from '../../../../src/partition/planner/plan-request.js';

export const recordItems = 16;

/** A layer with these times, in milliseconds, and the rest as given. */
export function layer(
  name: string,
  oneMs: number,
  recordMs: number,
  weightsBytes: number,
  workingBytes: number,
): LayerProfile {
  return {
    name,
    className: 'Dense',
    route: 'native',
    weightsBytes,
    workingBytes,
    times: [
      { batch: 1, ms: { median: oneMs, spread: 0 } },
      { batch: recordItems, ms: { median: recordMs, spread: 0 } },
    ],
  };
}

export function nodeOf(name: string, resources: Partial<NodeResources> = {}): NodeResources {
  return {
    name,
    cores: 1,
    memoryBytes: 1000,
    speed: 1,
    uploadBytesPerS: 1e9,
    downloadBytesPerS: 1e9,
    roundTripMs: 1,
    ...resources,
  };
}

export function profileOf(
  layers: readonly LayerProfile[],
  cutBytes: readonly number[],
  hop: { recordMs: number; itemMs: number; nsPerByte: number },
  call: { readonly oneMs: number; readonly recordMs: number } = { oneMs: 0, recordMs: 0 },
): Profile {
  return {
    version: 1,
    modelDigest: 'ab'.repeat(32),
    measuredAtMs: 0,
    node: nodeOf('profiled'),
    layers,
    calls: [
      { batch: 1, ms: call.oneMs },
      { batch: recordItems, ms: call.recordMs },
    ],
    rangeErrors: [],
    hopErrors: [],
    link: null,
    cuts: cutBytes.map((raw) => ({ raw })),
    hops: [
      {
        encoding: 'raw',
        recordMs: hop.recordMs,
        itemMs: hop.itemMs,
        decodeNsPerByte: hop.nsPerByte,
        encodeNsPerByte: 2 * hop.nsPerByte,
      },
    ],
    recordItems,
    restSlowdown: 1.5,
    processBytes: 100,
  };
}

const amount = fc.integer({ min: 1, max: 100 });

const networks = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.record({
    layers: fc.array(fc.tuple(amount, amount, amount, fc.integer({ min: 0, max: 4 })), {
      minLength: count,
      maxLength: count,
    }),
    // Up and down, from next to nothing to what a slow link chokes on.
    cutBytes: fc.array(fc.constantFrom(1, 50, 400, 5_000), {
      minLength: count + 1,
      maxLength: count + 1,
    }),
  }),
);

const kinds = fc.array(
  fc.record({
    cores: fc.constantFrom(1, 1, 0.5),
    speed: fc.constantFrom(0.5, 1, 1.25, 3),
    memoryBytes: fc.constantFrom(200, 320, 450, 2000),
    uploadBytesPerS: fc.constantFrom(1e5, 1e6, 1e9),
    downloadBytesPerS: fc.constantFrom(1e5, 1e6, 1e9),
    roundTripMs: fc.constantFrom(0.5, 1, 20),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Small networks on up to five nodes of up to three kinds, for every goal. */
export const requests: fc.Arbitrary<PlanRequest> = fc
  .record({
    network: networks,
    kinds,
    ofKind: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 5 }),
    goal: fc.constantFrom<Goal>('throughput', 'latency', 'nodes', 'energy'),
    ratePerS: fc.option(fc.constantFrom(5.03, 50.3, 151, 403, 1007)),
    lanes: fc.constantFrom(1, 2, 3, 4, 5, 12),
    hop: fc.record({
      recordMs: fc.constantFrom(0, 1, 30),
      itemMs: fc.constantFrom(0.01, 0.5),
      nsPerByte: fc.constantFrom(0, 100, 3000),
    }),
    call: fc.record({ oneMs: fc.constantFrom(0, 2), recordMs: fc.constantFrom(0, 40) }),
  })
  .map(({ network, kinds, ofKind, goal, ratePerS, lanes, hop, call }) => {
    const layers = network.layers.map(([oneMs, recordMs, weights, working], index) =>
      layer(`layer-${index}`, oneMs / 10, recordMs, weights, working),
    );
    const nodes = ofKind.map((kind, index) => nodeOf(`n${index}`, kinds[kind % kinds.length]));
    const rate = ratePerS ?? (goal === 'nodes' ? 100.7 : undefined);
    return {
      profile: profileOf(layers, network.cutBytes, hop, call),
      nodes,
      goal,
      lanes,
      encoding: 'raw',
      ...(rate === undefined ? {} : { ratePerS: rate }),
    };
  });
