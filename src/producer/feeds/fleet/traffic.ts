import type { RoadNetwork } from '../../../geo/roads.js';
import type { RouteTaste } from '../../../geo/routing.js';
import { daejeonHour } from './demand.js';
import { Random } from './random.js';

interface RoadClass {
  /** Speed of a taxi on an empty road. */
  readonly speedKmh: number;
  /** How much of the rush hour's congestion reaches it, 0 … 1. */
  readonly exposure: number;
  /** 0: lanes and links, 1: streets, 2: main roads. Lights stand where main roads meet streets. */
  readonly rank: 0 | 1 | 2;
}

/**
 * Plausible speeds, not measured ones: the roads carry no speed limits. Urban Korean roads are
 * limited to 50 km/h and side streets to 30 km/h since 2021.
 * @see https://wiki.openstreetmap.org/wiki/Key:highway
 */
const roadClasses: Readonly<Record<string, RoadClass>> = {
  motorway: { speedKmh: 88, exposure: 0.7, rank: 0 },
  motorway_link: { speedKmh: 38, exposure: 0.7, rank: 0 },
  trunk: { speedKmh: 66, exposure: 0.8, rank: 2 },
  trunk_link: { speedKmh: 38, exposure: 0.8, rank: 0 },
  primary: { speedKmh: 52, exposure: 1, rank: 2 },
  primary_link: { speedKmh: 35, exposure: 1, rank: 0 },
  secondary: { speedKmh: 47, exposure: 0.9, rank: 2 },
  secondary_link: { speedKmh: 32, exposure: 0.9, rank: 0 },
  tertiary: { speedKmh: 40, exposure: 0.7, rank: 1 },
  tertiary_link: { speedKmh: 30, exposure: 0.7, rank: 0 },
  unclassified: { speedKmh: 32, exposure: 0.3, rank: 1 },
  residential: { speedKmh: 24, exposure: 0.3, rank: 0 },
  living_street: { speedKmh: 15, exposure: 0.2, rank: 0 },
};

/** Added to the travel time at an exposure of 1, by the hour of the day. Plausible, not measured. */
const weekdayDelay = [
  0, 0, 0, 0, 0, 0, 0.05, 0.25, 0.45, 0.3, 0.2, 0.2, 0.25, 0.25, 0.25, 0.3, 0.35, 0.5, 0.6, 0.4,
  0.2, 0.15, 0.1, 0.05,
];
const weekendDelay = [
  0.05, 0, 0, 0, 0, 0, 0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.3, 0.3, 0.35, 0.35, 0.4, 0.35, 0.25,
  0.2, 0.15, 0.1, 0.05,
];

/** How a junction holds a car up. */
type Junction = 'free' | 'slow' | 'crossing' | 'light';

/** Chance and length of a stop, by kind of junction. */
const stops: Readonly<Record<Junction, { chance: number; leastS: number; mostS: number }>> = {
  free: { chance: 0, leastS: 0, mostS: 0 },
  slow: { chance: 1, leastS: 0.5, mostS: 2.5 },
  crossing: { chance: 0.3, leastS: 3, mostS: 20 },
  light: { chance: 0.4, leastS: 4, mostS: 45 },
};

/** The most by which a driver finds a class of roads, or a single road, slower than it is. */
const classDislike = 0.3;
const segmentDislike = 0.35;
const dislikeCount = 4096;

/** How fast the roads of a network are, and where cars stop. */
export class Traffic {
  /** [segmentCount] seconds on empty roads, expected stops included; Infinity where no car may go. */
  readonly segmentTimeS: Float64Array;
  readonly #speedMps: Float64Array;
  readonly #exposure: Float64Array;
  readonly #junction: readonly Junction[];
  readonly #segmentFactor: Float64Array;

  constructor(roads: RoadNetwork) {
    const classes = roads.classes.map((name) => roadClasses[name]);
    this.#speedMps = Float64Array.from(classes, (road) => (road?.speedKmh ?? 0) / 3.6);
    this.#exposure = Float64Array.from(classes, (road) => road?.exposure ?? 0);
    const ranks = classes.map((road) => road?.rank ?? 0);
    this.#junction = Array.from({ length: roads.nodeCount }, (_, node) =>
      junctionAt(roads, node, ranks),
    );
    const stopS = this.#junction.map((kind) => {
      const { chance, leastS, mostS } = stops[kind];
      return (chance * (leastS + mostS)) / 2;
    });
    this.segmentTimeS = roads.segmentLengthM.map((lengthM, segment) => {
      const speedMps = this.#speedMps[roads.segmentClass[segment] ?? 0] ?? 0;
      const [to = 0, from = 0] = roads.arcTo.subarray(2 * segment, 2 * segment + 2);
      // A stop at a junction counts half for each of the two segments that a way takes there.
      return lengthM / speedMps + ((stopS[from] ?? 0) + (stopS[to] ?? 0)) / 2;
    });
    const random = Random.of('roads', 'dislike');
    this.#segmentFactor = Float64Array.from(
      { length: dislikeCount },
      () => 1 + segmentDislike * random.fraction(),
    );
  }

  /** By how much traffic at a time slows each class of roads: [classes] factors of 1 or more. */
  slowness(timeMs: number): Float64Array {
    const { hour, weekend } = daejeonHour(timeMs);
    const delay = (weekend ? weekendDelay : weekdayDelay)[hour] ?? 0;
    return this.#exposure.map((exposure) => 1 + delay * exposure);
  }

  /** What a driver thinks of the roads on one trip. */
  drawTaste(slowness: Float64Array, random: Random): RouteTaste {
    return {
      classFactor: slowness.map((factor) => factor * (1 + classDislike * random.fraction())),
      segmentFactor: this.#segmentFactor,
      segmentOffset: random.uint32() & (dislikeCount - 1),
    };
  }

  /** Metres per second on an empty road of a class. */
  speedMps(roadClass: number): number {
    return this.#speedMps[roadClass] ?? 0;
  }

  /** How long a car that passes a node stops there, in seconds. */
  drawStopS(node: number, random: Random): number {
    const { chance, leastS, mostS } = stops[this.#junction[node] ?? 'free'];
    return chance > 0 && random.fraction() < chance ? random.between(leastS, mostS) : 0;
  }
}

function junctionAt(roads: RoadNetwork, node: number, ranks: readonly number[]): Junction {
  const [first = 0, end = 0] = roads.firstArcOfNode.subarray(node, node + 2);
  if (end - first < 3) return 'free';
  let main = 0;
  let streets = 0;
  for (const arc of roads.arcsOfNode.subarray(first, end)) {
    const rank = ranks[roads.segmentClass[arc >> 1] ?? 0] ?? 0;
    if (rank === 2) main++;
    if (rank === 1) streets++;
  }
  if (main >= 3 || (main > 0 && streets > 0)) return 'light';
  if (main > 0) return 'free';
  return streets > 0 ? 'crossing' : 'slow';
}
