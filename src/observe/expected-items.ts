import type { GeoFix } from '../geo/fix.js';
import type { Grid } from '../geo/grid.js';
import type { RejectionCode, WindowRules } from '../geo/windows.js';

/** What of the grid decides which fix gives an item. */
export type CellGrid = Pick<Grid, 'cellAt' | 'distanceToCellM'>;

/** One item that the rules owe for a fix. */
export interface ExpectedItem {
  readonly cell: number;
  /** The last `steps` cells of the vehicle's trip, oldest first, padded with 0 at the front. */
  readonly window: readonly number[];
}

/** What the rules say about one fix. */
export type Ruling = ExpectedItem | 'stayed' | RejectionCode;

interface Entry {
  readonly cell: number;
  readonly eventTimeMs: number;
  readonly ingestTimeMs: number;
}

/**
 * The rules of windows, said a second time: one lane's vehicles, each with the list of the cells of
 * its trip. It is the yardstick that `VehicleMap` of src/geo is held against, so it shares no code
 * with it and prefers plain to fast.
 */
export class ExpectedItems {
  readonly #grid: CellGrid;
  readonly #rules: WindowRules;
  readonly #trips = new Map<string, readonly Entry[]>();

  constructor(grid: CellGrid, rules: WindowRules) {
    this.#grid = grid;
    this.#rules = rules;
  }

  /**
   * Rules on the lane's next fix.
   *
   * @param ingestTimeMs when the broker appended the fix, epoch milliseconds
   */
  rule(fix: GeoFix, ingestTimeMs: number): Ruling {
    const { vehicleId, eventTimeMs, latitude, longitude } = fix;
    const rules = this.#rules;
    if (eventTimeMs > ingestTimeMs + rules.maxFutureMs) return 'FIX_IN_FUTURE';

    const entry = { cell: this.#grid.cellAt(latitude, longitude), eventTimeMs, ingestTimeMs };
    const trip = this.#trips.get(vehicleId) ?? [];
    const last = trip.at(-1);
    if (last === undefined || ingestTimeMs - last.ingestTimeMs > rules.memoryMs) {
      return this.#item(vehicleId, [entry]);
    }
    if (eventTimeMs < last.eventTimeMs) return 'FIX_TOO_LATE';
    if (eventTimeMs - last.eventTimeMs > rules.tripGapMs) return this.#item(vehicleId, [entry]);
    if (entry.cell === last.cell) return 'stayed';
    if (last.cell !== 0) {
      const distanceM = this.#grid.distanceToCellM(last.cell, latitude, longitude);
      const hours = (eventTimeMs - last.eventTimeMs) / 3_600_000;
      const tooFar = hours === 0 ? distanceM > 0 : distanceM / 1000 / hours > rules.maxSpeedKmh;
      if (tooFar) return 'FIX_NOT_PLAUSIBLE';
    }
    return this.#item(vehicleId, [...trip, entry]);
  }

  #item(vehicleId: string, trip: readonly Entry[]): ExpectedItem {
    const { steps } = this.#rules;
    const remembered = trip.slice(-steps);
    this.#trips.set(vehicleId, remembered);
    const cells = remembered.map((entry) => entry.cell);
    const padding = new Array<number>(steps - cells.length).fill(0);
    return { cell: cells.at(-1) ?? 0, window: [...padding, ...cells] };
  }
}
