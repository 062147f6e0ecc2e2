import type { City } from './city.js';
import type { Errand, Leg, Motion } from './leg.js';
import { Drive, Stand } from './leg.js';
import type { Random } from './random.js';
import type { Trip } from './trips.js';

const secondMs = 1000;
const minuteMs = 60_000;

/** How often an idle driver waits where he is instead of going to a rank. */
const stayChance = 0.25;

/** A taxi and what it does: idle it cruises to ranks and waits there, until it is sent to a trip. */
export class Taxi {
  readonly motion: Motion = { latitude: 0, longitude: 0, speedMps: 0, bearingDeg: 0 };
  readonly #city: City;
  readonly #random: Random;
  /** The driver's speed as a share of the usual. */
  readonly #pace: number;
  #leg: Leg;
  readonly #next: Leg[] = [];
  #idleFromMs: number;

  constructor(city: City, node: number, startMs: number, random: Random) {
    this.#city = city;
    this.#random = random;
    this.#pace = random.between(0.92, 1.1);
    this.#leg = new Stand(city.roads, node, startMs + random.between(0, 5) * minuteMs, 'roaming');
    this.#idleFromMs = startMs;
    this.motion.bearingDeg = random.between(0, 360);
    this.#leg.locate(startMs, this.motion);
  }

  /** What it does at the time that {@link motion} is of. */
  get leg(): Leg {
    return this.#leg;
  }

  /** Whether the taxi could be sent to a trip at a time. */
  isIdle(timeMs: number): boolean {
    return timeMs >= this.#idleFromMs;
  }

  /** Brings {@link motion} up to a time, which must not go back. */
  advance(timeMs: number): void {
    while (this.#leg.endMs <= timeMs) {
      if (this.#next.length === 0) this.#roam();
      this.#leg = this.#next.shift() ?? this.#leg;
    }
    this.#leg.locate(timeMs, this.motion);
  }

  /** Sends the taxi to a trip from where it is at a time; it must be idle. */
  serve(trip: Trip, timeMs: number): void {
    this.advance(timeMs);
    this.#leg.cutShort(timeMs);
    this.#next.length = 0;
    this.#drive(trip.from, 'fetching');
    this.#stand(this.#random.between(60, 120) * secondMs, 'fetching');
    this.#drive(trip.to, 'carrying');
    this.#stand(this.#random.between(60, 90) * secondMs, 'carrying');
    this.#idleFromMs = this.#last().endMs;
  }

  #roam(): void {
    const random = this.#random;
    if (random.fraction() < stayChance) {
      this.#stand(random.between(1, 6) * minuteMs, 'roaming');
      return;
    }
    this.#drive(this.#city.places.drawRank(this.#last().endNode, random), 'roaming');
    // The fewer people want taxis, the longer drivers wait before they try another rank.
    const quiet = 1 / (24 * this.#city.demand.shareOfHour(this.#last().endMs));
    this.#stand(random.between(1, 8) * Math.min(Math.max(quiet, 0.5), 3) * minuteMs, 'roaming');
  }

  #last(): Leg {
    return this.#next.at(-1) ?? this.#leg;
  }

  #stand(durationMs: number, errand: Errand): void {
    const { endMs, endNode } = this.#last();
    this.#next.push(new Stand(this.#city.roads, endNode, endMs + durationMs, errand));
  }

  #drive(to: number, errand: Errand): void {
    const { roads, router, traffic } = this.#city;
    const { endMs: startMs, endNode: from } = this.#last();
    const slowness = traffic.slowness(startMs);
    const route = router.route(from, to, traffic.drawTaste(slowness, this.#random));
    if (route === undefined || route.length === 0) return;
    const options = { errand, startMs, slowness, pace: this.#pace };
    this.#next.push(new Drive(roads, traffic, route, options, this.#random));
  }
}
