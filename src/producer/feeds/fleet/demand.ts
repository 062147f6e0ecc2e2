import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Random } from './random.js';
import { Weights } from './weights.js';

const pairRows = z.array(
  z.object({ origin_dong: z.string(), destination_dong: z.string(), trips: z.coerce.number() }),
);
const hourRows = z.array(
  z.object({
    day_type: z.enum(['weekday', 'weekend']),
    hour: z.coerce.number().int(),
    trips_per_day: z.coerce.number(),
  }),
);

/** Stands in the demand for all destinations that have too few trips to be named. */
const pooled = '*';
const hourMs = 3_600_000;
const dayHours = 24;
/** Korea has had no daylight saving time since 1988. */
const koreaOffsetMs = 9 * hourMs;

/** Where a trip begins and ends: indices of dongs. */
export interface DongPair {
  readonly origin: number;
  readonly destination: number;
}

/** How often, and from which dong to which, people take taxis. */
export class Demand {
  readonly #origins: Weights;
  /** Per origin, the weights of all destinations. */
  readonly #destinations: readonly Weights[];
  readonly #dongs: number;
  /** [48] trips an hour: 24 of a weekday, 24 of a day of the weekend. */
  readonly #tripsPerHour: Float64Array;
  readonly #weekdayTrips: number;
  readonly #tripsFrom: Float64Array;

  /**
   * @param pairsCsv `origin_dong,destination_dong,trips`; the destination `*` pools those of an
   *   origin that are not named: its trips are spread over them as all trips' destinations are.
   * @param hoursCsv `day_type,hour,trips_per_day`
   * @param dongCodes gives each dong its index.
   */
  constructor(pairsCsv: string, hoursCsv: string, dongCodes: readonly string[]) {
    const indexOf = new Map(dongCodes.map((code, index) => [code, index]));
    this.#dongs = dongCodes.length;
    const named = new Float64Array(this.#dongs * this.#dongs);
    const pool = new Float64Array(this.#dongs);
    const tripsTo = new Float64Array(this.#dongs);
    this.#tripsFrom = new Float64Array(this.#dongs);
    for (const row of pairRows.parse(parse(pairsCsv, { columns: true }))) {
      const origin = indexOf.get(row.origin_dong);
      if (origin === undefined) continue;
      const destination = indexOf.get(row.destination_dong);
      if (destination !== undefined) {
        named[origin * this.#dongs + destination] = row.trips;
        tripsTo[destination] = (tripsTo[destination] ?? 0) + row.trips;
      } else if (row.destination_dong === pooled) {
        pool[origin] = row.trips;
      } else {
        continue;
      }
      this.#tripsFrom[origin] = (this.#tripsFrom[origin] ?? 0) + row.trips;
    }
    this.#origins = new Weights([...this.#tripsFrom]);
    this.#destinations = dongCodes.map((_, origin) => {
      const row = named.subarray(origin * this.#dongs, (origin + 1) * this.#dongs);
      return new Weights(spread(row, pool[origin] ?? 0, tripsTo));
    });
    this.#tripsPerHour = new Float64Array(2 * dayHours);
    for (const row of hourRows.parse(parse(hoursCsv, { columns: true }))) {
      this.#tripsPerHour[(row.day_type === 'weekend' ? dayHours : 0) + row.hour] =
        row.trips_per_day;
    }
    this.#weekdayTrips = this.#tripsPerHour.subarray(0, dayHours).reduce((sum, n) => sum + n, 0);
  }

  /** Draws the dongs of one trip. */
  drawPair(random: Random): DongPair {
    const origin = this.#origins.draw(random);
    const destination = this.#destinations[origin]?.draw(random) ?? origin;
    return { origin, destination };
  }

  /** The share of the trips from a dong that end in another. */
  shareTo({ origin, destination }: DongPair): number {
    return this.#destinations[origin]?.share(destination) ?? 0;
  }

  /** The share of all trips that begin in a dong. */
  shareFrom(dong: number): number {
    return (this.#tripsFrom[dong] ?? 0) / this.#origins.total;
  }

  /** The share of a weekday's trips that begin in the hour (of Daejeon) that a time lies in. */
  shareOfHour(timeMs: number): number {
    const { hour, weekend } = daejeonHour(timeMs);
    return (this.#tripsPerHour[(weekend ? dayHours : 0) + hour] ?? 0) / this.#weekdayTrips;
  }

  /**
   * When the next trip after a time is asked for: a Poisson process whose rate changes by the hour.
   * @param tripsPerWeekday how many are asked for on a weekday.
   */
  drawNextRequestMs(afterMs: number, tripsPerWeekday: number, random: Random): number {
    let timeMs = afterMs;
    for (;;) {
      const hourEndMs = (Math.floor(timeMs / hourMs) + 1) * hourMs;
      const perHour = tripsPerWeekday * this.shareOfHour(timeMs);
      timeMs += random.exponential(hourMs / perHour);
      // Beyond the hour another rate holds; an exponential wait may be drawn anew from there.
      if (timeMs < hourEndMs) return timeMs;
      timeMs = hourEndMs;
    }
  }
}

/** The hour of the day in Daejeon, 0 … 23, and whether the day is a Saturday or Sunday. */
export function daejeonHour(timeMs: number): { hour: number; weekend: boolean } {
  const hours = Math.floor((timeMs + koreaOffsetMs) / hourMs);
  const days = Math.floor(hours / dayHours);
  // Day 0 of the epoch was a Thursday.
  const weekday = (days + 4) % 7;
  return { hour: hours - days * dayHours, weekend: weekday === 0 || weekday === 6 };
}

function spread(namedTrips: Float64Array, pooledTrips: number, tripsTo: Float64Array): number[] {
  let unnamedTotal = 0;
  namedTrips.forEach((trips, destination) => {
    if (trips === 0) unnamedTotal += tripsTo[destination] ?? 0;
  });
  return Array.from(namedTrips, (trips, destination) =>
    trips > 0 || unnamedTotal === 0
      ? trips
      : (pooledTrips * (tripsTo[destination] ?? 0)) / unnamedTotal,
  );
}
