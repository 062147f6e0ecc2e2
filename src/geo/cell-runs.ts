import { cellEntry } from './cell-entry.js';
import { VehicleMap } from './windows.js';
import type { GeoFix } from './fix.js';
import type { Grid } from './grid.js';
import type { FixOutcome, WindowRules } from './windows.js';

/** The cells that vehicles have entered, run by run. */
export interface DrivenCells {
  /** All runs, one after the other. */
  readonly cells: Int32Array;
  /** When each cell was entered. Epoch milliseconds. */
  readonly timesMs: Float64Array;
  /** How each cell was entered: see `readEntry`. */
  readonly entries: Int32Array;
  /** Where each run starts in `cells`, and at last the length of `cells`. */
  readonly starts: Int32Array;
  /** Whose each run is: vehicles are numbered from 0. */
  readonly vehicles: Int32Array;
}

interface Run {
  readonly vehicle: number;
  readonly cells: number[];
  readonly timesMs: number[];
  readonly entries: number[];
}

/**
 * Collects the cells that vehicles enter, as the live windower sees them, in runs: a run ends where
 * its vehicle begins a new trip. Each cell of a run is the current cell of one item, and the one
 * after it in the run is that item's truth.
 */
export class CellRunBuilder {
  readonly #grid: Grid;
  readonly #vehicles: VehicleMap;
  readonly #runs: Run[] = [];
  /** The run that each vehicle is in. */
  readonly #current = new Map<string, Run>();
  readonly #numbers = new Map<string, number>();

  constructor(grid: Grid, rules: WindowRules) {
    this.#grid = grid;
    this.#vehicles = new VehicleMap(grid, rules);
  }

  /**
   * Takes the next fix of the fleet, as if it came in at its own event time. Fixes that the
   * windower rejects are passed over. Each vehicle's fixes come in the order of their times.
   *
   * @returns what the fix means for its vehicle
   */
  take(fix: GeoFix): FixOutcome {
    const outcome = this.#vehicles.take(fix, fix.eventTimeMs);
    if (outcome.kind !== 'entered') return outcome;
    let run = this.#current.get(fix.vehicleId);
    if (run === undefined || outcome.newTrip) {
      run = { vehicle: this.#numberOf(fix.vehicleId), cells: [], timesMs: [], entries: [] };
      this.#runs.push(run);
      this.#current.set(fix.vehicleId, run);
    }
    run.cells.push(outcome.cell);
    run.timesMs.push(fix.eventTimeMs);
    run.entries.push(cellEntry(this.#grid, outcome.cell, fix));
    return outcome;
  }

  finish(): DrivenCells {
    const runs = this.#runs;
    const starts = new Int32Array(runs.length + 1);
    runs.forEach(({ cells }, at) => (starts[at + 1] = (starts[at] ?? 0) + cells.length));
    const length = starts.at(-1) ?? 0;
    const [cells, entries] = [new Int32Array(length), new Int32Array(length)];
    const timesMs = new Float64Array(length);
    runs.forEach((run, at) => {
      cells.set(run.cells, starts[at]);
      timesMs.set(run.timesMs, starts[at]);
      entries.set(run.entries, starts[at]);
    });
    const vehicles = Int32Array.from(runs, ({ vehicle }) => vehicle);
    return { cells, starts, timesMs, entries, vehicles };
  }

  /** Vehicles are numbered in the order in which they come. */
  #numberOf(vehicleId: string): number {
    const number = this.#numbers.get(vehicleId) ?? this.#numbers.size;
    this.#numbers.set(vehicleId, number);
    return number;
  }
}
