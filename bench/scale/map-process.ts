/** The vehicles of one windower lane, in a process of their own. */
import { defaultRules, VehicleMap } from '../../src/geo/windows.js';
import { daejeonGrid } from '../city/real-windows.js';
import { cpuMs, serve } from '../process/serve.js';

/** What so many vehicles cost. */
export interface MapFigures {
  readonly vehicles: number;
  /** Memory that a vehicle takes, JavaScript's heap and its buffers. */
  readonly bytesPerVehicle: number;
  /** Processor time of a fix that enters a cell. Nanoseconds. */
  readonly enterNs: number;
  /** Processor time of a fix that stays in its cell. Nanoseconds. */
  readonly stayNs: number;
}

/** A day in which other vehicles come every hour. */
export interface Forgetting {
  readonly hour: number;
  /** Vehicles that have been seen up to then. */
  readonly seen: number;
  /** Vehicles that the map holds. */
  readonly held: number;
  readonly bytes: number;
}

const grid = daejeonGrid();
const startMs = Date.UTC(2024, 2, 3, 23);
/** Cells that a vehicle goes through: neighbours, so that no fix is too fast. */
const route = [700, 701, 702, 703].map((cell) => grid.centreOf(cell));
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function heldBytes(): number {
  // Buffers are freed by a second run, behind the first one's back.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** One fix of each vehicle, in the cell of this place of the route. */
function round(
  map: VehicleMap,
  { first, count }: { first: number; count: number },
  place: number,
  timeMs: number,
): void {
  const at = route[place % route.length] ?? { latitude: 0, longitude: 0 };
  for (let vehicle = first; vehicle < first + count; vehicle += 1) {
    map.take({ vehicleId: `vehicle-${vehicle}`, eventTimeMs: timeMs, ...at }, timeMs);
  }
}

/** Nanoseconds of processor time for one of `count`, of so many rounds. */
function costNs(count: number, rounds: number, work: (index: number) => void): number {
  const before = cpuMs();
  for (let index = 0; index < rounds; index += 1) work(index);
  return ((cpuMs() - before) * 1e6) / (count * rounds);
}

/** What it can be asked for. */
const handlers = {
  grow({ vehicles, fixes }: { vehicles: number; fixes: number }): MapFigures {
    // What the program itself takes is there before it is measured.
    round(new VehicleMap(grid, defaultRules), { first: 0, count: 1_000 }, 0, startMs);
    const before = heldBytes();
    const map = new VehicleMap(grid, defaultRules);
    const all = { first: 0, count: vehicles };
    round(map, all, 0, startMs);
    const rounds = Math.max(2, Math.ceil(fixes / vehicles));
    const enterNs = costNs(vehicles, rounds, (index) =>
      round(map, all, index + 1, startMs + (index + 1) * minuteMs),
    );
    const endMs = startMs + rounds * minuteMs;
    const stayNs = costNs(vehicles, rounds, () => round(map, all, rounds, endMs));
    const bytesPerVehicle = Math.max(0, heldBytes() - before) / map.size;
    return { vehicles: map.size, bytesPerVehicle, enterNs, stayNs };
  },
  /** @returns how it was at the end of each hour */
  forget({ vehicles, hours }: { vehicles: number; hours: number }): Forgetting[] {
    const before = heldBytes();
    const map = new VehicleMap(grid, defaultRules);
    return Array.from({ length: hours }, (_, hour) => {
      const perMinute = Math.ceil(vehicles / 60);
      for (let minute = 0; minute < 60; minute += 1) {
        const first = hour * vehicles + minute * perMinute;
        const count = Math.min(perMinute, (hour + 1) * vehicles - first);
        round(map, { first, count }, 0, startMs + hour * hourMs + minute * minuteMs);
      }
      const seen = (hour + 1) * vehicles;
      return { hour: hour + 1, seen, held: map.size, bytes: heldBytes() - before };
    });
  },
};

export type MapHandlers = typeof handlers;

serve(handlers);
