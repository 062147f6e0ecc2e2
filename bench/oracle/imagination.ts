import { localDistanceM, metresPerDegreeOfLongitude } from '../../src/geo/distance.js';
import type { Grid } from '../../src/geo/grid.js';
import type { City } from '../../src/producer/feeds/fleet/city.js';
import type { Random } from '../../src/producer/feeds/fleet/random.js';
import { Receiver } from '../../src/producer/feeds/fleet/receiver.js';
import { Match } from './beliefs.js';
import type { ObservedLeg } from './observed-legs.js';
import { WayTree } from './way-tree.js';

/** What an imagined world tells of the cell after each of the observed ones. */
export interface Witness {
  /** After observed cell `index` the taxi is seen in another cell. */
  entered(index: number, cell: number, weight: number): void;
  /** The drive ends in observed cell `index`. */
  ended(index: number, weight: number): void;
}

/** A place on the way, on the way there, and what has been seen until then. */
interface Moment {
  readonly node: number;
  readonly timeMs: number;
  /** The next report. */
  readonly report: number;
  readonly match: Match;
}

/** How the taxis of `createFleet` are by default. */
const [leastPace, mostPace] = [0.92, 1.1];
const [leastIntervalMs, mostIntervalMs] = [10_000, 30_000];
const jitterMs = 1_000;
const noiseM = 6;

/** When a receiver reports in a world, and how far off. */
class Reports {
  readonly timesMs: number[] = [];
  readonly northDeg: number[] = [];
  readonly eastM: number[] = [];
  readonly #random: Random;
  readonly #intervalMs: number;
  readonly #receiver: Receiver;

  constructor(random: Random) {
    this.#random = random;
    this.#intervalMs = random.between(leastIntervalMs, mostIntervalMs);
    this.#receiver = new Receiver(noiseM, 0, random);
    this.timesMs.push(random.fraction() * this.#intervalMs);
  }

  timeMs(report: number): number {
    while (this.timesMs.length <= report) {
      const waitMs = this.#intervalMs + this.#random.between(-jitterMs, jitterMs);
      this.timesMs.push((this.timesMs.at(-1) ?? 0) + waitMs);
    }
    return this.timesMs[report] ?? 0;
  }

  /** Where a report puts a taxi that is at a place. */
  cell(grid: Grid, report: number, latitude: number, longitude: number): number {
    while (this.northDeg.length <= report) {
      // At 0°, a degree is as long to the east as to the north.
      const motion = { latitude: 0, longitude: 0, speedMps: 0, bearingDeg: 0 };
      const off = this.#receiver.read(this.timeMs(this.northDeg.length), motion);
      this.northDeg.push(off.latitude);
      this.eastM.push(off.longitude * metresPerDegreeOfLongitude(0));
    }
    const eastDeg = (this.eastM[report] ?? 0) / metresPerDegreeOfLongitude(latitude);
    return grid.cellAt(latitude + (this.northDeg[report] ?? 0), longitude + eastDeg);
  }
}

/**
 * Drives a leg again, to all its destinations at once, in a world with a taste, a pace, stops and
 * reports of its own: one draw of everything that the simulator draws but the destination, over
 * which it sums.
 */
export class Imagination {
  readonly #city: City;
  readonly #grid: Grid;
  readonly #random: Random;
  readonly #tree: WayTree;

  constructor(city: City, grid: Grid, random: Random) {
    this.#city = city;
    this.#grid = grid;
    this.#random = random;
    this.#tree = new WayTree(city.roads, city.traffic.segmentTimeS);
  }

  /** @param chances [nodeCount] of each node as the destination */
  drive(leg: ObservedLeg, chances: Float64Array, witness: Witness): void {
    const { traffic, roads } = this.#city;
    const random = this.#random;
    const slowness = traffic.slowness(leg.startMs);
    this.#tree.grow(leg.startNode, traffic.drawTaste(slowness, random), chances);
    const world = {
      slowness,
      pace: random.between(leastPace, mostPace),
      reports: new Reports(random),
      chances,
      witness,
    };
    const match = Match.start(Int32Array.from(leg.cells));
    const moments: Moment[] = [{ node: leg.startNode, timeMs: 0, report: 0, match }];
    for (let from = moments.pop(); from !== undefined; from = moments.pop()) {
      const end = roads.firstArcOfNode[from.node + 1] ?? 0;
      for (let slot = roads.firstArcOfNode[from.node] ?? 0; slot < end; slot++) {
        const arc = roads.arcsOfNode[slot] ?? 0;
        if (!this.#tree.isWay(arc) || this.#tree.through(roads.arcTo[arc] ?? 0) === 0) continue;
        const there = this.#follow(arc, from, world);
        if (there !== null) moments.push(there);
      }
    }
  }

  /** Drives an arc, stops at its end; null where the world no longer counts. */
  #follow(arc: number, from: Moment, world: World): Moment | null {
    const { roads, traffic } = this.#city;
    const { slowness, pace, reports, chances, witness } = world;
    const segment = arc >> 1;
    const roadClass = roads.segmentClass[segment] ?? 0;
    const slow = slowness[roadClass] ?? 1;
    const mps = ((traffic.speedMps(roadClass) * pace) / slow) * this.#random.between(0.9, 1.1);
    const node = roads.arcTo[arc] ?? 0;
    const through = this.#tree.through(node);
    let { timeMs, report, match } = from;
    const see = (cell: number, weight: number): void => {
      if (cell === match.cell) return;
      match.forEachPlace((index, likelihood) => {
        witness.entered(index, cell, likelihood * weight);
      });
      match = match.next(cell);
    };
    const first = roads.firstPointOfSegment[segment] ?? 0;
    const last = (roads.firstPointOfSegment[segment + 1] ?? 0) - 1;
    const step = (arc & 1) === 0 ? 1 : -1;
    const end = step === 1 ? last : first;
    for (let point = step === 1 ? first : last; point !== end; point += step) {
      const latitude = roads.pointLatitude[point] ?? 0;
      const longitude = roads.pointLongitude[point] ?? 0;
      const northDeg = (roads.pointLatitude[point + step] ?? 0) - latitude;
      const eastDeg = (roads.pointLongitude[point + step] ?? 0) - longitude;
      const lengthM = localDistanceM(latitude, longitude, latitude + northDeg, longitude + eastDeg);
      const spanMs = (lengthM * 1000) / mps;
      for (; reports.timeMs(report) < timeMs + spanMs; report++) {
        const share = (reports.timeMs(report) - timeMs) / spanMs;
        const [north, east] = [latitude + northDeg * share, longitude + eastDeg * share];
        see(reports.cell(this.#grid, report, north, east), through);
        if (match.isOver) return null;
      }
      timeMs += spanMs;
    }
    const [latitude, longitude] = [roads.nodeLatitude[node] ?? 0, roads.nodeLongitude[node] ?? 0];
    const leaveMs = timeMs + traffic.drawStopS(node, this.#random) * 1000 * slow;
    for (; reports.timeMs(report) < leaveMs; report++) {
      see(reports.cell(this.#grid, report, latitude, longitude), through);
      if (match.isOver) return null;
    }
    const chance = chances[node] ?? 0;
    if (chance > 0) {
      const standing = reports.cell(this.#grid, report, latitude, longitude);
      match.forEachPlace((index, likelihood) => {
        if (standing === match.cell) witness.ended(index, likelihood * chance);
        else witness.entered(index, standing, likelihood * chance);
      });
    }
    return { node, timeMs: leaveMs, report, match };
  }
}

interface World {
  readonly slowness: Float64Array;
  readonly pace: number;
  readonly reports: Reports;
  readonly chances: Float64Array;
  readonly witness: Witness;
}
