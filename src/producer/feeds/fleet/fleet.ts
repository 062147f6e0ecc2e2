import FlatQueue from 'flatqueue';
import { metresPerDegreeOfLongitude, metresPerDegree } from '../../../geo/distance.js';
import { ConfigError } from '../../../errors.js';
import type { GeoFix } from '../../../geo/fix.js';
import type { City } from './city.js';
import { loadCity } from './city.js';
import { Random } from './random.js';
import { Receiver } from './receiver.js';
import { Taxi } from './taxi.js';
import { drawTrip } from './trips.js';

/** What a simulated fleet of Daejeon taxis is like. */
export interface FleetOptions {
  /** The same seed and options give the same fixes to the byte. */
  readonly seed: number | string;
  /** How many taxis there are. Default 400. */
  readonly vehicles?: number;
  /** Epoch milliseconds of the first second. Default 2024-03-04T00:00+09:00, a Monday. */
  readonly startTimeMs?: number;
  /** Epoch milliseconds after which no fix follows. Default: never. */
  readonly endTimeMs?: number;
  /** Begins each vehicle's id, as in `taxi-0001`. Default `taxi`. */
  readonly namePrefix?: string;
  /** Trips that each taxi has on a weekday, on average. Default 30. */
  readonly tripsPerTaxi?: number;
  /** Seconds between two fixes of a taxi, least and most; each taxi has its own. Default 10 … 30. */
  readonly reportIntervalS?: readonly [number, number];
  /** Standard deviation of the receivers' error to the north and to the east, in metres. Default 6. */
  readonly gpsNoiseM?: number;
  /** The city to drive in. Default: Daejeon. */
  readonly city?: City;
}

const koreanMidnightMs = Date.UTC(2024, 2, 3, 15);
/** A report is up to this much early or late. */
const jitterMs = 1_000;
/** Trips are asked for from this long before the first fix, so that taxis are in the midst of them. */
const warmUpMs = 30 * 60_000;

interface Vehicle {
  readonly id: string;
  readonly taxi: Taxi;
  readonly receiver: Receiver;
  readonly intervalMs: number;
  readonly random: Random;
}

/**
 * Fixes of a simulated taxi fleet over the real roads of Daejeon, serving trips drawn from real
 * demand, in the order of their times over the whole fleet. Demand, roads and boundaries are
 * real; the movement is simulated (`data/daejeon/README.md`). Ends at `endTimeMs`, or never.
 *
 * @throws {ConfigError} CONFIG, naming all options that are out of range
 * @example
 * for (const fix of createFleet({ seed: 1, vehicles: 100 })) send(fix);
 */
export function createFleet(options: FleetOptions): Generator<GeoFix, void> {
  checkOptions(options);
  return fixesOf(drive(options));
}

/** A fix, and the taxi that it is of as it is at that time: what no receiver tells. */
export interface Report {
  readonly fix: GeoFix;
  readonly taxi: Taxi;
}

/** A taxi is sent to a customer. */
export interface Dispatch {
  readonly taxi: Taxi;
  readonly timeMs: number;
  /** All that were idle, the taxi itself among them; the nearest of them is sent. */
  readonly idle: readonly Taxi[];
}

/**
 * The same fleet with what its taxis do, for those who judge predictions.
 *
 * @param onDispatch hears of each taxi that is sent, before it is
 * @throws {ConfigError} CONFIG, naming all options that are out of range
 */
export function observeFleet(
  options: FleetOptions,
  onDispatch: (dispatch: Dispatch) => void,
): Generator<Report, void> {
  checkOptions(options);
  return drive(options, onDispatch);
}

function* fixesOf(reports: Generator<Report, void>): Generator<GeoFix, void> {
  for (const { fix } of reports) yield fix;
}

function checkOptions(options: FleetOptions): void {
  const { vehicles = 400, tripsPerTaxi = 30, gpsNoiseM = 6, reportIntervalS = [10, 30] } = options;
  const { startTimeMs = koreanMidnightMs } = options;
  const [leastS, mostS] = reportIntervalS;
  const problems = [
    Number.isSafeInteger(vehicles) && vehicles > 0 ? '' : 'vehicles must be an integer over 0',
    tripsPerTaxi > 0 && tripsPerTaxi < Infinity ? '' : 'tripsPerTaxi must be a number over 0',
    gpsNoiseM >= 0 && gpsNoiseM < Infinity ? '' : 'gpsNoiseM must be 0 or more',
    leastS > 0 && mostS >= leastS ? '' : 'reportIntervalS must be two numbers, 0 < least ≤ most',
    Number.isSafeInteger(startTimeMs) && startTimeMs > warmUpMs
      ? ''
      : 'startTimeMs must be epoch milliseconds, an integer',
  ].filter((problem) => problem !== '');
  if (problems.length > 0) throw new ConfigError(`the fleet can't be made: ${problems.join('; ')}`);
}

function* drive(
  options: FleetOptions,
  onDispatch?: (dispatch: Dispatch) => void,
): Generator<Report, void> {
  const { seed, startTimeMs = koreanMidnightMs, endTimeMs = Infinity, tripsPerTaxi = 30 } = options;
  const city = options.city ?? loadCity();
  const requests = Random.of(seed, 'requests');
  const warmUpStartMs = startTimeMs - warmUpMs;
  const vehicles = makeVehicles(city, warmUpStartMs, options);
  const tripsPerWeekday = vehicles.length * tripsPerTaxi;

  const reports = new FlatQueue<number>();
  vehicles.forEach(({ random, intervalMs }, index) => {
    reports.push(index, startTimeMs + Math.floor(random.fraction() * intervalMs));
  });
  let requestMs = city.demand.drawNextRequestMs(warmUpStartMs, tripsPerWeekday, requests);
  for (;;) {
    const timeMs = reports.peekValue();
    const index = reports.pop();
    if (timeMs === undefined || index === undefined || timeMs > endTimeMs) return;
    while (requestMs <= timeMs) {
      dispatch(vehicles, city, { timeMs: requestMs, random: requests, onDispatch });
      requestMs = city.demand.drawNextRequestMs(requestMs, tripsPerWeekday, requests);
    }
    const vehicle = vehicles[index];
    if (vehicle === undefined) return;
    vehicle.taxi.advance(timeMs);
    yield { fix: report(vehicle, timeMs), taxi: vehicle.taxi };
    const waitMs = vehicle.intervalMs + vehicle.random.between(-jitterMs, jitterMs);
    reports.push(index, timeMs + Math.max(1, Math.round(waitMs)));
  }
}

function makeVehicles(city: City, startTimeMs: number, options: FleetOptions): Vehicle[] {
  const { vehicles = 400, namePrefix = 'taxi', gpsNoiseM = 6 } = options;
  const [leastS, mostS] = options.reportIntervalS ?? [10, 30];
  return Array.from({ length: vehicles }, (_, index) => {
    const id = `${namePrefix}-${String(index + 1).padStart(4, '0')}`;
    const random = Random.of(options.seed, id);
    const home = drawTrip(city, random).from;
    return {
      id,
      random,
      intervalMs: random.between(leastS, mostS) * 1000,
      taxi: new Taxi(city, home, startTimeMs, random),
      receiver: new Receiver(gpsNoiseM, startTimeMs, random),
    };
  });
}

/** Sends the nearest idle taxi to a trip; without an idle taxi, the customer goes away. */
function dispatch(
  vehicles: readonly Vehicle[],
  city: City,
  request: {
    readonly timeMs: number;
    readonly random: Random;
    readonly onDispatch: ((dispatch: Dispatch) => void) | undefined;
  },
): void {
  const { timeMs, random, onDispatch } = request;
  const trip = drawTrip(city, random);
  const latitude = city.roads.nodeLatitude[trip.from] ?? 0;
  const longitude = city.roads.nodeLongitude[trip.from] ?? 0;
  const eastScale = metresPerDegreeOfLongitude(latitude) / metresPerDegree;
  let nearest: Taxi | undefined;
  let least = Infinity;
  for (const { taxi } of vehicles) {
    // Where it was at its last report: near enough.
    const north = taxi.motion.latitude - latitude;
    const east = (taxi.motion.longitude - longitude) * eastScale;
    const away = north * north + east * east;
    if (away < least && taxi.isIdle(timeMs)) {
      least = away;
      nearest = taxi;
    }
  }
  if (nearest === undefined) return;
  if (onDispatch !== undefined) {
    const idle = vehicles.map(({ taxi }) => taxi).filter((taxi) => taxi.isIdle(timeMs));
    onDispatch({ taxi: nearest, timeMs, idle });
  }
  nearest.serve(trip, timeMs);
}

function report({ id, taxi, receiver }: Vehicle, timeMs: number): GeoFix {
  const { latitude, longitude } = receiver.read(timeMs, taxi.motion);
  return {
    vehicleId: id,
    eventTimeMs: timeMs,
    latitude,
    longitude,
    speedMps: Math.round(taxi.motion.speedMps * 10) / 10,
    bearingDeg: Math.round(taxi.motion.bearingDeg) % 360,
    source: 'fleet',
  };
}
