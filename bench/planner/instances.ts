import type { LayerProfile, NodeResources, Profile } from '../../src/partition/profile.js';

/** A made-up network and nodes for it. */
export interface Instance {
  readonly name: string;
  readonly profile: Profile;
  readonly nodes: readonly NodeResources[];
  readonly lanes: number;
}

const mib = 2 ** 20;

/** Numbers from 0 up to 1, always the same ones: Lehmer's generator, as MINSTD. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** What a made-up network and its nodes are like. */
export interface Shape {
  readonly name: string;
  readonly layers: number;
  readonly kinds: number;
  readonly perKind: number;
  readonly lanes: number;
  /** How many nodes of the middle kind the weights fill. */
  readonly fills: number;
  /** Bytes of each cut are between this and twice this, up and down from layer to layer. */
  readonly cutBytes: number;
  readonly recordMs: number;
}

/** Networks that call for different plans: whole replicas, a few cuts, many. */
export const shapes: readonly Shape[] = [
  {
    name: 'fits on any node',
    layers: 100,
    kinds: 5,
    perKind: 10,
    lanes: 48,
    fills: 0.3,
    cutBytes: 10_000,
    recordMs: 1,
  },
  {
    name: 'fills 3 nodes',
    layers: 100,
    kinds: 5,
    perKind: 10,
    lanes: 48,
    fills: 3,
    cutBytes: 10_000,
    recordMs: 1,
  },
  {
    name: 'fills 20 nodes',
    layers: 100,
    kinds: 5,
    perKind: 10,
    lanes: 12,
    fills: 20,
    cutBytes: 10_000,
    recordMs: 1,
  },
  {
    name: 'cuts of many bytes',
    layers: 100,
    kinds: 5,
    perKind: 10,
    lanes: 48,
    fills: 3,
    cutBytes: 400_000,
    recordMs: 1,
  },
  {
    name: 'one lane',
    layers: 100,
    kinds: 5,
    perKind: 10,
    lanes: 1,
    fills: 3,
    cutBytes: 10_000,
    recordMs: 0.1,
  },
];

/** Small ones, to see that it works. */
export const quickShapes: readonly Shape[] = shapes.map((shape) => ({
  ...shape,
  layers: 20,
  perKind: 1,
  fills: shape.fills / 10,
}));

/** Makes the network and the nodes of a shape. */
export function instanceOf({
  name,
  layers,
  kinds,
  perKind,
  lanes,
  fills,
  cutBytes,
  recordMs,
}: Shape): Instance {
  const next = numbers(layers * 1000 + kinds);
  const weightsBytes = (fills * 2048 * mib) / layers;
  const profile: Profile = {
    version: 1,
    modelDigest: '0'.repeat(64),
    measuredAtMs: 0,
    node: nodeOf('profiled', 1, 2048),
    layers: Array.from({ length: layers }, (_, index): LayerProfile => {
      const itemMs = 0.02 + 0.1 * next();
      return {
        name: `layer-${index}`,
        className: 'Dense',
        route: 'native',
        weightsBytes: weightsBytes * (0.5 + next()),
        workingBytes: 100_000,
        times: [1, 8, 64].map((batch) => ({
          batch,
          ms: { median: itemMs * (2 + batch), spread: 0 },
        })),
      };
    }),
    calls: [1, 8, 64].map((batch) => ({ batch, ms: 0.02 * (2 + batch) })),
    rangeErrors: [],
    hopErrors: [],
    link: null,
    restSlowdown: 1,
    cuts: Array.from({ length: layers + 1 }, () => ({ raw: Math.round(cutBytes * (1 + next())) })),
    hops: [
      { encoding: 'raw', recordMs, itemMs: 0.005, decodeNsPerByte: 0.5, encodeNsPerByte: 0.5 },
    ],
    recordItems: 64,
    processBytes: 200 * mib,
  };
  const nodes = Array.from({ length: kinds * perKind }, (_, index) => {
    const kind = index % kinds;
    return nodeOf(
      `node-${index}`,
      0.5 + 0.35 * kind + 0.013 * kind * kind,
      2048 * (0.6 + 0.2 * ((kind * 3) % 5)),
    );
  });
  return { name, profile, nodes, lanes };
}

function nodeOf(name: string, speed: number, memoryMib: number): NodeResources {
  return {
    name,
    cores: 1,
    memoryBytes: memoryMib * mib,
    speed,
    uploadBytesPerS: 100e6 * (0.5 + ((speed * 7) % 1)),
    downloadBytesPerS: 100e6 * (0.5 + ((speed * 3) % 1)),
    roundTripMs: 1,
  };
}
