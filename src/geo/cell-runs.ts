import { VehicleMap } from './windows.js';
import type { GeoFix } from './fix.js';
import type { Grid } from './grid.js';
import type { WindowRules } from './windows.js';

/**
 * Collects the cells that vehicles enter, as the live windower sees them, in runs: a run ends where
 * its vehicle begins a new trip. Each cell of a run is the current cell of one item, and the one
 * after it in the run is that item's truth.
 */
export class CellRunBuilder {
  readonly #vehicles: VehicleMap;
  readonly #runs: number[][] = [];
  /** The run that each vehicle is in. */
  readonly #current = new Map<string, number[]>();

  constructor(grid: Grid, rules: WindowRules) {
    this.#vehicles = new VehicleMap(grid, rules);
  }

  /**
   * Takes the next fix of the fleet, as if it came in at its own event time. Fixes that the
   * windower rejects are passed over.
   */
  take(fix: GeoFix): void {
    const outcome = this.#vehicles.take(fix, fix.eventTimeMs);
    if (outcome.kind !== 'entered') return;
    let run = this.#current.get(fix.vehicleId);
    if (run === undefined || outcome.newTrip) {
      run = [];
      this.#runs.push(run);
      this.#current.set(fix.vehicleId, run);
    }
    run.push(outcome.cell);
  }

  /** All runs: where each starts in `cells`, and at last the length of `cells`. */
  finish(): { readonly cells: Int32Array; readonly starts: Int32Array } {
    const starts = new Int32Array(this.#runs.length + 1);
    this.#runs.forEach((run, index) => (starts[index + 1] = (starts[index] ?? 0) + run.length));
    const cells = new Int32Array(starts.at(-1) ?? 0);
    this.#runs.forEach((run, index) => cells.set(run, starts[index]));
    return { cells, starts };
  }
}
