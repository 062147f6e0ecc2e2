import FlatQueue from 'flatqueue';
import type { RoadNetwork } from './roads.js';

/** How much slower than at best a driver finds each road: what makes one driver's way another's. */
export interface RouteTaste {
  /** [classes] factors of 1 or more on the travel time of each road class. */
  readonly classFactor: Float64Array;
  /** Factors of 1 or more; a power of two of them. A segment `s` gets number `s·odd + offset`. */
  readonly segmentFactor: Float64Array;
  readonly segmentOffset: number;
}

/** No preference: roads are as fast as they are. */
export function neutralTaste(roads: RoadNetwork): RouteTaste {
  return {
    classFactor: new Float64Array(roads.classes.length).fill(1),
    segmentFactor: new Float64Array(1).fill(1),
    segmentOffset: 0,
  };
}

const landmarkCount = 8;
/** An odd number, so that neighbouring segments get factors far from each other in the table. */
const spread = 40_503;

/** How long a driver thinks that a segment takes, of which he knows that it takes `bestS` at best. */
export function timeByTasteS(
  { classFactor, segmentFactor, segmentOffset }: RouteTaste,
  bestS: number,
  roadClass: number,
  segment: number,
): number {
  const place = (segment * spread + segmentOffset) & (segmentFactor.length - 1);
  return bestS * (classFactor[roadClass] ?? 1) * (segmentFactor[place] ?? 1);
}

/**
 * Finds the fastest ways through a road network, by A* with landmarks (ALT): the triangle
 * inequality over a few far nodes bounds the time that is left. Times are seconds.
 * @see https://www.microsoft.com/en-us/research/publication/computing-the-shortest-path-a-search-meets-graph-theory/
 */
export class Router {
  readonly #roads: RoadNetwork;
  readonly #segmentTimeS: Float64Array;
  /** [nodeCount, landmarkCount] seconds. */
  readonly #landmarkTimeS: Float64Array;
  readonly #queue = new FlatQueue<number>();
  readonly #timeS: Float64Array;
  readonly #bestArc: Int32Array;
  /** The search that last reached each node: saves clearing the two arrays before each. */
  readonly #reachedIn: Int32Array;
  readonly #settledIn: Int32Array;
  #search = 0;
  readonly #goalTimeS = new Float64Array(landmarkCount);

  /**
   * @param segmentTimeS [segmentCount] seconds at best, the same in both directions; Infinity closes
   *   a segment.
   * @param anyNode a node that is connected to those that will be asked for.
   */
  constructor(roads: RoadNetwork, segmentTimeS: Float64Array, anyNode = 0) {
    this.#roads = roads;
    this.#segmentTimeS = segmentTimeS;
    this.#timeS = new Float64Array(roads.nodeCount);
    this.#bestArc = new Int32Array(roads.nodeCount);
    this.#reachedIn = new Int32Array(roads.nodeCount);
    this.#settledIn = new Int32Array(roads.nodeCount);
    this.#landmarkTimeS = this.#measureLandmarks(anyNode);
  }

  /** Seconds from a node to every node, [nodeCount]; Infinity where no road leads. */
  timesFrom(node: number): Float64Array {
    const roads = this.#roads;
    const queue = this.#queue;
    const timeS = new Float64Array(roads.nodeCount).fill(Infinity);
    timeS[node] = 0;
    queue.clear();
    queue.push(node, 0);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const reachedS = timeS[next] ?? 0;
      const end = roads.firstArcOfNode[next + 1] ?? 0;
      for (let slot = roads.firstArcOfNode[next] ?? 0; slot < end; slot++) {
        const arc = roads.arcsOfNode[slot] ?? 0;
        const to = roads.arcTo[arc] ?? 0;
        const throughS = reachedS + (this.#segmentTimeS[arc >> 1] ?? Infinity);
        if (throughS < (timeS[to] ?? 0)) {
          timeS[to] = throughS;
          queue.push(to, throughS);
        }
      }
    }
    return timeS;
  }

  /**
   * The arcs of the fastest way from one node to another for a driver's taste, or undefined if
   * there is none. No way is faster than the seconds given to the constructor allow, so the
   * taste's factors must be 1 or more.
   */
  route(from: number, to: number, taste: RouteTaste): Int32Array | undefined {
    const roads = this.#roads;
    const { firstArcOfNode, arcsOfNode, arcTo, segmentClass } = roads;
    const segmentTimeS = this.#segmentTimeS;
    const queue = this.#queue;
    const timeS = this.#timeS;
    const reachedIn = this.#reachedIn;
    const settledIn = this.#settledIn;
    const search = ++this.#search;
    for (let mark = 0; mark < landmarkCount; mark++) {
      this.#goalTimeS[mark] = this.#landmarkTimeS[to * landmarkCount + mark] ?? 0;
    }
    queue.clear();
    timeS[from] = 0;
    reachedIn[from] = search;
    queue.push(from, this.#leastS(from));
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next === to) return this.#pathTo(from, to);
      if (settledIn[next] === search) continue;
      settledIn[next] = search;
      const reachedS = timeS[next] ?? 0;
      const end = firstArcOfNode[next + 1] ?? 0;
      for (let slot = firstArcOfNode[next] ?? 0; slot < end; slot++) {
        const arc = arcsOfNode[slot] ?? 0;
        const node = arcTo[arc] ?? 0;
        if (settledIn[node] === search) continue;
        const segment = arc >> 1;
        const bestS = segmentTimeS[segment] ?? Infinity;
        const throughS = reachedS + timeByTasteS(taste, bestS, segmentClass[segment] ?? 0, segment);
        if (reachedIn[node] === search ? throughS < (timeS[node] ?? 0) : throughS < Infinity) {
          reachedIn[node] = search;
          timeS[node] = throughS;
          this.#bestArc[node] = arc;
          queue.push(node, throughS + this.#leastS(node));
        }
      }
    }
    return undefined;
  }

  /** Seconds that a node is at least away from the goal of the search. */
  #leastS(node: number): number {
    const times = this.#landmarkTimeS;
    let least = 0;
    for (let mark = 0, index = node * landmarkCount; mark < landmarkCount; mark++, index++) {
      const gap = Math.abs((times[index] ?? 0) - (this.#goalTimeS[mark] ?? 0));
      if (gap > least) least = gap;
    }
    return least;
  }

  #pathTo(from: number, to: number): Int32Array {
    const arcs: number[] = [];
    for (let node = to; node !== from;) {
      const arc = this.#bestArc[node] ?? 0;
      arcs.push(arc);
      node = this.#roads.arcFrom(arc);
    }
    return Int32Array.from(arcs.reverse());
  }

  /** Takes as landmarks the nodes that are farthest from those taken before. */
  #measureLandmarks(anyNode: number): Float64Array {
    const nodeCount = this.#roads.nodeCount;
    const table = new Float64Array(nodeCount * landmarkCount);
    let nearestS = this.timesFrom(anyNode);
    for (let mark = 0; mark < landmarkCount; mark++) {
      const timeS = this.timesFrom(farthest(nearestS));
      for (let node = 0; node < nodeCount; node++) {
        const seconds = timeS[node] ?? Infinity;
        // A node that no road leads to is never asked about: any number will do.
        table[node * landmarkCount + mark] = seconds < Infinity ? seconds : 0;
      }
      nearestS = mark === 0 ? timeS : nearestS.map((s, node) => Math.min(s, timeS[node] ?? s));
    }
    return table;
  }
}

function farthest(timeS: Float64Array): number {
  let best = 0;
  let bestS = -1;
  timeS.forEach((seconds, node) => {
    if (seconds < Infinity && seconds > bestS) {
      best = node;
      bestS = seconds;
    }
  });
  return best;
}
