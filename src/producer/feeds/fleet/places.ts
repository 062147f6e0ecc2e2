import { localDistanceM } from '../../../geo/distance.js';
import type { RoadNetwork } from '../../../geo/roads.js';
import type { Demand } from './demand.js';
import type { Random } from './random.js';
import { Weights } from './weights.js';

/** How likely people get in and out along a metre of each class of road; 0 where a class is absent. */
const stoppingWeight: Readonly<Record<string, number>> = {
  primary: 2,
  secondary: 2,
  tertiary: 1.5,
  unclassified: 0.5,
  residential: 1,
  living_street: 1,
};
/** Main roads, where taxi ranks are. */
const rankClasses = new Set(['primary', 'secondary', 'tertiary']);
const ranksPerDong = 3;
const ranksApartM = 350;
/** The share of a dong's trips that begin or end at its ranks: stations, markets, hospitals. */
const shareAtRanks = 0.4;
/** A rank this far away draws an idle driver e times less than one next to him. */
const rankReachM = 1_500;

/** A place where idle taxis go. */
export interface Rank {
  readonly node: number;
  /** The share of all trips that begin here. */
  readonly share: number;
}

/** A node, and how probable it is. */
export interface NodeChance {
  readonly node: number;
  readonly chance: number;
}

/** The nodes where people get in and out, by dong, and the taxi ranks. */
export class Places {
  readonly ranks: readonly Rank[];
  readonly #roads: RoadNetwork;
  readonly #nodesOfDong: readonly number[][];
  readonly #weightsOfDong: readonly Weights[];
  readonly #ranksOfDong: readonly number[][];

  /**
   * @param dongOfNode [nodeCount] index of the dong that holds each node, or −1.
   * @param isReachable whether a node can be driven to.
   */
  constructor(
    roads: RoadNetwork,
    dongOfNode: readonly number[],
    demand: Demand,
    isReachable: (node: number) => boolean,
  ) {
    this.#roads = roads;
    const dongs = Math.max(...dongOfNode) + 1;
    const nodesOfDong: number[][] = Array.from({ length: dongs }, () => []);
    dongOfNode.forEach((dong, node) => {
      if (isReachable(node)) nodesOfDong[dong]?.push(node);
    });
    this.#nodesOfDong = nodesOfDong;
    const crowd = neighboursOf(roads);
    const weightOf = (node: number) =>
      (crowd[node] ?? 0) * nodeWeight(roads, node, (name) => stoppingWeight[name] ?? 0);
    this.#weightsOfDong = nodesOfDong.map((nodes) => new Weights(nodes.map(weightOf)));
    this.#ranksOfDong = nodesOfDong.map((nodes) => chooseRanks(roads, nodes));
    this.ranks = this.#ranksOfDong.flatMap((nodes, dong) =>
      nodes.map((node) => ({ node, share: demand.shareFrom(dong) / nodes.length })),
    );
  }

  /** Draws a node of a dong where somebody gets in or out; undefined if the dong has no road. */
  draw(dong: number, random: Random): number | undefined {
    const ranks = this.#ranksOfDong[dong] ?? [];
    if (random.fraction() < shareAtRanks && ranks.length > 0) {
      return ranks[Math.floor(random.fraction() * ranks.length)];
    }
    return this.#nodesOfDong[dong]?.[this.#weightsOfDong[dong]?.draw(random) ?? 0];
  }

  /** How probable it is that {@link draw} gives each node of a dong. */
  chancesIn(dong: number): NodeChance[] {
    const ranks = this.#ranksOfDong[dong] ?? [];
    const atRanks = ranks.length > 0 ? shareAtRanks : 0;
    const weights = this.#weightsOfDong[dong];
    return (this.#nodesOfDong[dong] ?? []).map((node, index) => ({
      node,
      chance:
        (1 - atRanks) * (weights?.share(index) ?? 0) +
        (ranks.includes(node) ? atRanks / ranks.length : 0),
    }));
  }

  /** Draws the rank that an idle driver goes to: one that is near, or much in demand. */
  drawRank(from: number, random: Random): number {
    return this.ranks[new Weights(this.rankWeights(from)).draw(random)]?.node ?? 0;
  }

  /** How much each of {@link ranks} draws a driver at a node. */
  rankWeights(from: number): number[] {
    const latitude = this.#roads.nodeLatitude[from] ?? 0;
    const longitude = this.#roads.nodeLongitude[from] ?? 0;
    return this.ranks.map(({ node, share }) => {
      const awayM = localDistanceM(
        latitude,
        longitude,
        this.#roads.nodeLatitude[node] ?? 0,
        this.#roads.nodeLongitude[node] ?? 0,
      );
      // Never 0, so that a driver far from every rank still has somewhere to go.
      return share * Math.max(Math.exp(-awayM / rankReachM), 1e-300);
    });
  }
}

/**
 * [nodeCount] how many junctions lie in the nine squares of 0.002° (about 200 m) around each: many
 * where a city is dense, few in the countryside, which takes up much of some dongs.
 */
function neighboursOf(roads: RoadNetwork): Float64Array {
  const perDegree = 500;
  const columns = 360 * perDegree;
  const squareOf = (node: number) =>
    Math.floor((roads.nodeLatitude[node] ?? 0) * perDegree) * columns +
    Math.floor((roads.nodeLongitude[node] ?? 0) * perDegree);
  const inSquare = new Map<number, number>();
  for (let node = 0; node < roads.nodeCount; node++) {
    inSquare.set(squareOf(node), (inSquare.get(squareOf(node)) ?? 0) + 1);
  }
  return Float64Array.from({ length: roads.nodeCount }, (_, node) => {
    let sum = 0;
    for (const row of [-columns, 0, columns]) {
      for (const column of [-1, 0, 1]) sum += inSquare.get(squareOf(node) + row + column) ?? 0;
    }
    return sum;
  });
}

/** Metres of road at a node, each weighted by its class. */
function nodeWeight(roads: RoadNetwork, node: number, weightOf: (roadClass: string) => number) {
  const [first = 0, end = 0] = roads.firstArcOfNode.subarray(node, node + 2);
  let sum = 0;
  for (const arc of roads.arcsOfNode.subarray(first, end)) {
    const segment = arc >> 1;
    const roadClass = roads.classes[roads.segmentClass[segment] ?? 0] ?? '';
    // Long rural roads have few doors: only the ends of a segment count.
    sum += weightOf(roadClass) * Math.min(roads.segmentLengthM[segment] ?? 0, 150);
  }
  return sum;
}

/** The nodes with the most main road around them, some way from each other. */
function chooseRanks(roads: RoadNetwork, nodes: readonly number[]): number[] {
  const scored = nodes
    .map((node) => ({
      node,
      score: nodeWeight(roads, node, (name) => (rankClasses.has(name) ? 1 : 0)),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.node - b.node);
  const chosen: number[] = [];
  for (const { node } of scored) {
    if (chosen.length === ranksPerDong) break;
    const isApart = chosen.every(
      (other) =>
        localDistanceM(
          roads.nodeLatitude[node] ?? 0,
          roads.nodeLongitude[node] ?? 0,
          roads.nodeLatitude[other] ?? 0,
          roads.nodeLongitude[other] ?? 0,
        ) >= ranksApartM,
    );
    if (isApart) chosen.push(node);
  }
  return chosen;
}
