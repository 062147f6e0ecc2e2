import { columns, smallCity } from '../integration/small-city.js';
import { goodRows, poison } from './city.js';

/** A record for the topic of fixes. */
export interface FixRecord {
  /** Null for one that somebody has typed without a key. */
  readonly key: string | null;
  readonly value: string;
}

const minuteMs = 60_000;
/** A Monday in the past: no fix is ever from the future. */
const startMs = Date.parse('2024-03-04T07:00:00+09:00');
const vehicleCount = 42;

interface Vehicle {
  readonly id: string;
  readonly row: number;
  place: number;
  timeMs: number;
}

/** Pseudo-random choices, the same for the same seed. */
export class Chance {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.#random() * times < 1;
  }

  between(low: number, high: number): number {
    return low + this.#random() * (high - low);
  }

  of<Choice>(choices: readonly Choice[]): Choice {
    const chosen = choices[Math.floor(this.#random() * choices.length)];
    if (chosen === undefined) throw new Error('there is nothing to choose from');
    return chosen;
  }

  /** So many different ones. */
  some<Choice>(count: number, choices: readonly Choice[]): Choice[] {
    const left = [...choices];
    const chosen: Choice[] = [];
    while (chosen.length < count && left.length > 0) {
      chosen.push(...left.splice(Math.floor(this.#random() * left.length), 1));
    }
    return chosen;
  }
}

/**
 * Vehicles that go up and down a row of the city each, most fixes into a new cell, with all that
 * real feeds have now and then: late fixes, leaps, text that is no fix, repetitions, no key.
 */
export class Traffic {
  readonly #chance: Chance;
  readonly #vehicles: readonly Vehicle[];
  #turn = 0;
  #poisoned = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
    this.#vehicles = Array.from({ length: vehicleCount }, (_, number) => ({
      id: `taxi-${number}`,
      row: number % goodRows,
      place: number % columns,
      timeMs: startMs,
    }));
  }

  /** The next fix of the next vehicle, or something odd in its place. */
  next(): FixRecord {
    const vehicle = this.#vehicles[this.#turn % this.#vehicles.length];
    this.#turn += 1;
    if (vehicle === undefined) throw new Error('no vehicles');
    if (this.#chance.oneIn(60)) return this.#odd(vehicle);
    vehicle.timeMs += minuteMs;
    if (!this.#chance.oneIn(5)) vehicle.place = (vehicle.place + 1) % (2 * (columns - 1));
    return fixRecord(vehicle.id, cellOf(vehicle), vehicle.timeMs);
  }

  /**
   * A vehicle that goes through a cell that the network can't digest, in the midst of good ones. Its
   * next fix begins a new trip, whose windows are good again.
   */
  poisoned(kind: keyof typeof poison): FixRecord[] {
    this.#poisoned += 1;
    const id = `poisoned-${this.#poisoned}`;
    const beside = poison[kind] - columns;
    const at = (minute: number, cell: number) => fixRecord(id, cell, startMs + minute * minuteMs);
    return [at(0, beside), at(1, poison[kind]), at(20, beside), at(21, beside - 1)];
  }

  #odd(vehicle: Vehicle): FixRecord {
    const { id, timeMs } = vehicle;
    const here = fixRecord(id, cellOf(vehicle), timeMs);
    switch (this.#chance.of(['late', 'leap', 'noise', 'again', 'keyless'] as const)) {
      case 'late':
        return fixRecord(id, cellOf(vehicle), timeMs - 3 * minuteMs);
      case 'leap':
        return fixRecord(id, cellOf({ ...vehicle, row: goodRows - 1 - vehicle.row }), timeMs + 1);
      case 'noise':
        return { key: id, value: '{"vehicleId":' };
      case 'again':
        return here;
      case 'keyless':
        return { key: null, value: here.value };
    }
  }
}

function cellOf({ row, place }: Pick<Vehicle, 'row' | 'place'>): number {
  const column = place < columns ? place : 2 * (columns - 1) - place;
  return 1 + row * columns + column;
}

function fixRecord(vehicleId: string, cell: number, eventTime: number): FixRecord {
  return {
    key: vehicleId,
    value: JSON.stringify({ vehicleId, eventTime, ...smallCity.centreOf(cell) }),
  };
}
