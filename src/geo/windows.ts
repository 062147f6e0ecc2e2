import type { GeoFix } from './fix.js';
import type { Grid } from './grid.js';

/**
 * What makes a window of a stream of fixes. The rules are part of a plan, so that whoever
 * reads the same fixes makes the same windows.
 */
export interface WindowRules {
  /** Cells in a window (m), the network's number of time steps. */
  readonly steps: number;
  /** A cell entered later than this after the one before begins a new trip. Milliseconds of event time. */
  readonly tripGapMs: number;
  /** A fix that needs more than this speed from the vehicle's last cell is not plausible. */
  readonly maxSpeedKmh: number;
  /** How far a fix's event time may lie after the broker took it in. Milliseconds. */
  readonly maxFutureMs: number;
  /**
   * A vehicle that has entered no cell for longer than this is forgotten: its next fix begins a
   * new trip, whatever its time. Milliseconds of the broker's append time.
   */
  readonly memoryMs: number;
}

/** The reference job's rules: 20 steps, 10 minutes, 250 km/h, 5 minutes, 1 hour. */
export const defaultRules: WindowRules = {
  steps: 20,
  tripGapMs: 600_000,
  maxSpeedKmh: 250,
  maxFutureMs: 300_000,
  memoryMs: 3_600_000,
};

/**
 * The broker's append time can step back by so much, as when another broker takes a lane over.
 * Milliseconds.
 */
export const clockStepMs = 60_000;

/** Vehicles are forgotten up to so much later than they could be. Milliseconds of append time. */
const sweepEveryMs = 10_000;

/** Why a well-formed fix gives no item and goes to the dead-letter topic. */
export type RejectionCode = 'FIX_IN_FUTURE' | 'FIX_TOO_LATE' | 'FIX_NOT_PLAUSIBLE';

/** What one fix means for its vehicle. */
export type FixOutcome =
  | {
      readonly kind: 'entered';
      /** The cell entered, 0 … V; 0 is outside the grid. */
      readonly cell: number;
      /** `[steps] int32`, left-padded with 0; the last one is `cell`. */
      readonly window: Int32Array;
      readonly newTrip: boolean;
    }
  | { readonly kind: 'stayed' }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string };

interface VehicleState {
  readonly window: Int32Array;
  readonly eventTimeMs: number;
  readonly ingestTimeMs: number;
}

/**
 * The vehicles of one lane: for each the last cell entered, when, and its window.
 *
 * Its state is a function of the items it has given: what {@link VehicleMap.take} answers refers to
 * the vehicle's last item only, so {@link VehicleMap.restore} with each vehicle's last item, read
 * back over `memoryMs`, makes the same map again.
 *
 * @example
 * const vehicles = new VehicleMap(grid, defaultRules);
 * const outcome = vehicles.take(fix, ingestTimeMs);
 * if (outcome.kind === 'entered') send(outcome.window);
 */
export class VehicleMap {
  readonly #grid: Grid;
  readonly #rules: WindowRules;
  /** In the order of the last item, oldest first: a vehicle is set anew whenever it enters a cell. */
  readonly #states = new Map<string, VehicleState>();
  #sweptAtMs = -Infinity;

  constructor(grid: Grid, rules: WindowRules) {
    this.#grid = grid;
    this.#rules = rules;
  }

  /** Vehicles that are held: those remembered, and some just forgotten. */
  get size(): number {
    return this.#states.size;
  }

  /**
   * Takes the next fix of the lane.
   *
   * @param ingestTimeMs when the broker appended the fix, epoch milliseconds
   */
  take(fix: GeoFix, ingestTimeMs: number): FixOutcome {
    this.#forget(ingestTimeMs);
    const { maxFutureMs, tripGapMs, steps } = this.#rules;
    if (fix.eventTimeMs > ingestTimeMs + maxFutureMs) {
      const aheadS = Math.round((fix.eventTimeMs - ingestTimeMs) / 1000);
      return rejected(
        'FIX_IN_FUTURE',
        `The fix is from ${aheadS} s after it came in; at most ${maxFutureMs / 1000} s are taken. Check the vehicle's clock and the time's unit (milliseconds).`,
      );
    }
    const cell = this.#grid.cellAt(fix.latitude, fix.longitude);
    const last = this.#remembered(fix.vehicleId, ingestTimeMs);
    const sinceMs = last === undefined ? Infinity : fix.eventTimeMs - last.eventTimeMs;
    if (sinceMs < 0) {
      return rejected(
        'FIX_TOO_LATE',
        `The fix is ${-sinceMs / 1000} s older than the vehicle's last cell entry. Send a vehicle's fixes in the order of their times.`,
      );
    }
    if (last === undefined || sinceMs > tripGapMs) {
      return this.#enter(fix, ingestTimeMs, cell, new Int32Array(steps), true);
    }
    const lastCell = last.window[steps - 1] ?? 0;
    if (cell === lastCell) return { kind: 'stayed' };
    if (lastCell !== 0) {
      const distanceM = this.#grid.distanceToCellM(lastCell, fix.latitude, fix.longitude);
      const speedKmh = (distanceM / sinceMs) * 3600;
      if (speedKmh > this.#rules.maxSpeedKmh) {
        return rejected(
          'FIX_NOT_PLAUSIBLE',
          `The fix lies ${Math.round(distanceM)} m from the vehicle's last cell ${lastCell}, entered ${sinceMs / 1000} s before: ${Math.round(speedKmh)} km/h; at most ${this.#rules.maxSpeedKmh} km/h are taken.`,
        );
      }
    }
    return this.#enter(fix, ingestTimeMs, cell, last.window, false);
  }

  /**
   * Puts a vehicle back as its last item left it. Items must come in the order of their offsets.
   *
   * @param window `[steps] int32`, as the item carried it
   */
  restore(vehicleId: string, window: Int32Array, eventTimeMs: number, ingestTimeMs: number): void {
    this.#states.delete(vehicleId);
    this.#states.set(vehicleId, { window, eventTimeMs, ingestTimeMs });
  }

  #enter(
    fix: GeoFix,
    ingestTimeMs: number,
    cell: number,
    before: Int32Array,
    newTrip: boolean,
  ): FixOutcome {
    const window = new Int32Array(before.length);
    window.set(before.subarray(1));
    window[window.length - 1] = cell;
    this.restore(fix.vehicleId, window, fix.eventTimeMs, ingestTimeMs);
    return { kind: 'entered', cell, window, newTrip };
  }

  /** By the vehicle's own time alone: whether others are still held must not matter. */
  #remembered(vehicleId: string, nowMs: number): VehicleState | undefined {
    const state = this.#states.get(vehicleId);
    if (state === undefined || nowMs - state.ingestTimeMs > this.#rules.memoryMs) return undefined;
    return state;
  }

  /**
   * Frees what can't be asked for again, even where the append time steps back. Now and then only:
   * a Map keeps the places of what was deleted for a while, and whoever begins with its oldest
   * entry steps over all of them (bench/scale/vehicles.ts).
   */
  #forget(nowMs: number): void {
    if (Math.abs(nowMs - this.#sweptAtMs) < sweepEveryMs) return;
    this.#sweptAtMs = nowMs;
    for (const [vehicleId, state] of this.#states) {
      if (nowMs - state.ingestTimeMs <= this.#rules.memoryMs + clockStepMs) return;
      this.#states.delete(vehicleId);
    }
  }
}

function rejected(code: RejectionCode, message: string): FixOutcome {
  return { kind: 'rejected', code, message };
}
