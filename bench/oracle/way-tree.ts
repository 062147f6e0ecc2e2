import FlatQueue from 'flatqueue';
import { timeByTasteS, type RouteTaste } from '../../src/geo/routing.js';
import type { RoadNetwork } from '../../src/geo/roads.js';

/** Of all destinations together, the share whose ways are found. The others are far away. */
const foundShare = 0.999;

const noArc = -1;

/**
 * The fastest ways from one node to all destinations at once, for a driver's taste (Dijkstra). Each is
 * the one that `Router.route` finds to that destination alone.
 */
export class WayTree {
  readonly #roads: RoadNetwork;
  readonly #segmentTimeS: Float64Array;
  readonly #queue = new FlatQueue<number>();
  readonly #timeS: Float64Array;
  /** The arc by which each node is reached. */
  readonly #arc: Int32Array;
  /** Destinations, as a share of all, to which the way leads through each node, itself included. */
  readonly #through: Float64Array;
  readonly #reachedIn: Int32Array;
  readonly #settledIn: Int32Array;
  readonly #order: Int32Array;
  #search = 0;

  constructor(roads: RoadNetwork, segmentTimeS: Float64Array) {
    this.#roads = roads;
    this.#segmentTimeS = segmentTimeS;
    this.#timeS = new Float64Array(roads.nodeCount);
    this.#arc = new Int32Array(roads.nodeCount);
    this.#through = new Float64Array(roads.nodeCount);
    this.#reachedIn = new Int32Array(roads.nodeCount);
    this.#settledIn = new Int32Array(roads.nodeCount);
    this.#order = new Int32Array(roads.nodeCount);
  }

  /** @param chances [nodeCount] of each node as the destination; they sum to 1 */
  grow(from: number, taste: RouteTaste, chances: Float64Array): void {
    const { firstArcOfNode, arcsOfNode, arcTo, segmentClass } = this.#roads;
    const [queue, timeS, through] = [this.#queue, this.#timeS, this.#through];
    const search = ++this.#search;
    queue.clear();
    timeS[from] = 0;
    this.#arc[from] = noArc;
    this.#reachedIn[from] = search;
    queue.push(from, 0);
    let settled = 0;
    let found = 0;
    while (found < foundShare) {
      const node = queue.pop();
      if (node === undefined) break;
      if (this.#settledIn[node] === search) continue;
      this.#settledIn[node] = search;
      this.#order[settled++] = node;
      through[node] = chances[node] ?? 0;
      found += chances[node] ?? 0;
      const reachedS = timeS[node] ?? 0;
      const end = firstArcOfNode[node + 1] ?? 0;
      for (let slot = firstArcOfNode[node] ?? 0; slot < end; slot++) {
        const arc = arcsOfNode[slot] ?? 0;
        const to = arcTo[arc] ?? 0;
        if (this.#settledIn[to] === search) continue;
        const segment = arc >> 1;
        const bestS = this.#segmentTimeS[segment] ?? Infinity;
        const throughS = reachedS + timeByTasteS(taste, bestS, segmentClass[segment] ?? 0, segment);
        if (this.#reachedIn[to] === search ? throughS < (timeS[to] ?? 0) : throughS < Infinity) {
          this.#reachedIn[to] = search;
          timeS[to] = throughS;
          this.#arc[to] = arc;
          queue.push(to, throughS);
        }
      }
    }
    for (let at = settled - 1; at > 0; at--) {
      const node = this.#order[at] ?? 0;
      const before = this.#roads.arcFrom(this.#arc[node] ?? 0);
      through[before] = (through[before] ?? 0) + (through[node] ?? 0);
    }
  }

  /** Of the destinations, the share to which the way leads through a node. */
  through(node: number): number {
    return this.#settledIn[node] === this.#search ? (this.#through[node] ?? 0) : 0;
  }

  /** Whether the way to the node that an arc leads to comes by this arc. */
  isWay(arc: number): boolean {
    const to = this.#roads.arcTo[arc] ?? 0;
    return this.#settledIn[to] === this.#search && this.#arc[to] === arc;
  }
}
