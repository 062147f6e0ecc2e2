import {
  localDistanceM,
  metresPerDegree,
  metresPerDegreeOfLongitude,
} from '../../../geo/distance.js';
import type { RoadNetwork } from '../../../geo/roads.js';
import type { Random } from './random.js';
import type { Traffic } from './traffic.js';

/** Where a vehicle is and how it moves: filled in by {@link Leg.locate}. */
export interface Motion {
  latitude: number;
  longitude: number;
  speedMps: number;
  /** Degrees clockwise from north; of the last movement while the vehicle stands. */
  bearingDeg: number;
}

/** What a taxi is about: to find or await a customer, to go to one, to carry one. */
export type Errand = 'roaming' | 'fetching' | 'carrying';

/** A part of a vehicle's day: a drive, or a stand at one place. */
export interface Leg {
  /** Of a stand, the errand that it ends. */
  readonly errand: Errand;
  readonly endMs: number;
  /** The node where the leg ends. */
  readonly endNode: number;
  /** Where the vehicle is at a time of this leg; times must not go back from call to call. */
  locate(timeMs: number, motion: Motion): void;
  /** Ends the leg as soon as can be after a time: a drive at the next node. */
  cutShort(afterMs: number): void;
}

/** A vehicle stands at a node. */
export class Stand implements Leg {
  readonly errand: Errand;
  endMs: number;
  readonly endNode: number;
  readonly #latitude: number;
  readonly #longitude: number;

  constructor(roads: RoadNetwork, node: number, endMs: number, errand: Errand) {
    this.errand = errand;
    this.endNode = node;
    this.endMs = endMs;
    this.#latitude = roads.nodeLatitude[node] ?? 0;
    this.#longitude = roads.nodeLongitude[node] ?? 0;
  }

  locate(_timeMs: number, motion: Motion): void {
    motion.latitude = this.#latitude;
    motion.longitude = this.#longitude;
    motion.speedMps = 0;
  }

  cutShort(afterMs: number): void {
    this.endMs = Math.min(this.endMs, afterMs);
  }
}

/** How a route is driven. */
export interface DriveOptions {
  readonly errand: Errand;
  readonly startMs: number;
  /** [classes] factors of 1 or more on the time that each class of roads takes. */
  readonly slowness: Float64Array;
  /** The driver's speed as a share of the usual. */
  readonly pace: number;
}

/** A vehicle drives a route, with stops at junctions. */
export class Drive implements Leg {
  readonly errand: Errand;
  readonly startMs: number;
  readonly startNode: number;
  endMs: number;
  endNode: number;
  readonly #latitude: number[] = [];
  readonly #longitude: number[] = [];
  readonly #timeMs: number[] = [];
  /** Points at which the route passes a node, and those nodes. */
  readonly #nodePoint: number[] = [];
  readonly #node: number[] = [];
  #at = 0;

  /** @param route arcs, each leaving the node that the one before leads to; at least one. */
  constructor(
    roads: RoadNetwork,
    traffic: Traffic,
    route: Int32Array,
    options: DriveOptions,
    random: Random,
  ) {
    let timeMs = options.startMs;
    const start = roads.arcFrom(route[0] ?? 0);
    this.errand = options.errand;
    this.startMs = timeMs;
    this.startNode = start;
    this.#push(roads.nodeLatitude[start] ?? 0, roads.nodeLongitude[start] ?? 0, timeMs);
    this.endNode = start;
    for (const arc of route) {
      const segment = arc >> 1;
      const roadClass = roads.segmentClass[segment] ?? 0;
      const slowness = options.slowness[roadClass] ?? 1;
      const mps = (traffic.speedMps(roadClass) * options.pace) / slowness;
      timeMs = this.#driveSegment(roads, arc, timeMs, mps * random.between(0.9, 1.1));
      this.endNode = roads.arcTo[arc] ?? 0;
      this.#nodePoint.push(this.#timeMs.length - 1);
      this.#node.push(this.endNode);
      const stopS = traffic.drawStopS(this.endNode, random);
      if (stopS > 0) {
        timeMs += stopS * 1000 * slowness;
        this.#push(this.#latitude.at(-1) ?? 0, this.#longitude.at(-1) ?? 0, timeMs);
      }
    }
    this.endMs = timeMs;
  }

  locate(timeMs: number, motion: Motion): void {
    const times = this.#timeMs;
    const last = times.length - 2;
    let at = this.#at;
    while (at < last && (times[at + 1] ?? Infinity) <= timeMs) at++;
    this.#at = at;
    const fromMs = times[at] ?? 0;
    const spanMs = (times[at + 1] ?? fromMs) - fromMs;
    const share = spanMs > 0 ? Math.min(Math.max((timeMs - fromMs) / spanMs, 0), 1) : 1;
    const fromLatitude = this.#latitude[at] ?? 0;
    const fromLongitude = this.#longitude[at] ?? 0;
    const northDeg = (this.#latitude[at + 1] ?? fromLatitude) - fromLatitude;
    const eastDeg = (this.#longitude[at + 1] ?? fromLongitude) - fromLongitude;
    motion.latitude = fromLatitude + northDeg * share;
    motion.longitude = fromLongitude + eastDeg * share;
    const northM = northDeg * metresPerDegree;
    const eastM = eastDeg * metresPerDegreeOfLongitude(fromLatitude);
    const alongM = Math.sqrt(northM * northM + eastM * eastM);
    motion.speedMps = spanMs > 0 ? (alongM * 1000) / spanMs : 0;
    if (alongM > 0) motion.bearingDeg = ((Math.atan2(eastM, northM) * 180) / Math.PI + 360) % 360;
  }

  cutShort(afterMs: number): void {
    const passing = this.#nodePoint.findIndex((point) => (this.#timeMs[point] ?? 0) >= afterMs);
    if (passing < 0) return;
    this.endMs = this.#timeMs[this.#nodePoint[passing] ?? 0] ?? this.endMs;
    this.endNode = this.#node[passing] ?? this.endNode;
  }

  #driveSegment(roads: RoadNetwork, arc: number, startMs: number, mps: number): number {
    const segment = arc >> 1;
    const first = roads.firstPointOfSegment[segment] ?? 0;
    const last = (roads.firstPointOfSegment[segment + 1] ?? 0) - 1;
    const step = (arc & 1) === 0 ? 1 : -1;
    const end = step === 1 ? last : first;
    let timeMs = startMs;
    for (let point = step === 1 ? first : last; point !== end;) {
      const latitude = roads.pointLatitude[point] ?? 0;
      const longitude = roads.pointLongitude[point] ?? 0;
      point += step;
      const toLatitude = roads.pointLatitude[point] ?? 0;
      const toLongitude = roads.pointLongitude[point] ?? 0;
      timeMs += (localDistanceM(latitude, longitude, toLatitude, toLongitude) * 1000) / mps;
      this.#push(toLatitude, toLongitude, timeMs);
    }
    return timeMs;
  }

  #push(latitude: number, longitude: number, timeMs: number): void {
    this.#latitude.push(latitude);
    this.#longitude.push(longitude);
    this.#timeMs.push(timeMs);
  }
}
