import { VehicleMap } from '../../src/geo/windows.js';
import {
  observeFleet,
  type FleetOptions,
  type Report,
} from '../../src/producer/feeds/fleet/fleet.js';
import { Drive, type Errand, type Leg } from '../../src/producer/feeds/fleet/leg.js';
import type { Grid } from '../../src/geo/grid.js';
import type { WindowRules } from '../../src/geo/windows.js';
import type { Taxi } from '../../src/producer/feeds/fleet/taxi.js';
import type { CellRuns } from '../../src/model/training/sequences.js';
import type { IdleTaxis } from './destinations.js';

/** A cell that a taxi was seen to enter: place in a run of cells. */
export interface Entry {
  readonly run: readonly number[];
  readonly at: number;
}

/** The next cell of an entry; null where the run ends with it. */
export function nextCell({ run, at }: Entry): number | null {
  return run[at + 1] ?? null;
}

/** One drive of a taxi, and what was seen of it. */
export interface ObservedLeg {
  readonly vehicle: number;
  readonly errand: Errand;
  readonly startNode: number;
  readonly startMs: number;
  /** When it was sent, for a taxi that fetches somebody. */
  readonly idle: IdleTaxis | null;
  /** The cell that it was in at the start, and those that it entered. */
  readonly cells: number[];
  /** Of the same cells; of the first only where the taxi stood there and waited for its customer. */
  readonly entries: (Entry | null)[];
  /** Cells entered, or entered anew, while it stood at the end of the drive, in order. */
  readonly stood: Entry[];
}

/** How a drive ends: at its goal, or, for an idle taxi, because it is sent to a customer. */
export type Ending = Errand | 'sent';

/** An end of a drive, and the cell in which the taxi was then. */
export interface LegEnd {
  readonly ending: Ending;
  readonly entry: Entry;
}

/** All that a fleet was seen to do. */
export interface ObservedFleet {
  readonly legs: readonly ObservedLeg[];
  readonly ends: readonly LegEnd[];
  readonly runs: CellRuns;
}

interface Vehicle {
  readonly number: number;
  leg: Leg;
  /** Null until a drive has begun before the eyes of the windower. */
  observed: ObservedLeg | null;
  run: number[];
  entry: Entry;
}

/** Watches a simulated fleet as the windower sees it, and notes whose errand each cell was entered on. */
export class LegRecorder {
  readonly #windows: VehicleMap;
  readonly #vehicles = new Map<Taxi, Vehicle>();
  readonly #sent = new Map<Taxi, IdleTaxis>();
  readonly #runs: number[][] = [];
  readonly #legs: ObservedLeg[] = [];
  readonly #ends: LegEnd[] = [];

  constructor(grid: Grid, rules: WindowRules) {
    this.#windows = new VehicleMap(grid, rules);
  }

  /** Notes where the idle taxis were when one of them was sent. */
  send(taxi: Taxi, idle: readonly Taxi[]): void {
    this.#sent.set(taxi, {
      latitudes: Float64Array.from(idle, ({ motion }) => motion.latitude),
      longitudes: Float64Array.from(idle, ({ motion }) => motion.longitude),
      sent: idle.indexOf(taxi),
    });
  }

  take({ fix, taxi }: Report): void {
    const outcome = this.#windows.take(fix, fix.eventTimeMs);
    const { leg } = taxi;
    const known = this.#vehicles.get(taxi);
    const isNewLeg = known !== undefined && known.leg !== leg;
    if (known !== undefined && isNewLeg) this.#begin(known, taxi);
    if (outcome.kind === 'entered') {
      const run = known === undefined || outcome.newTrip ? this.#newRun() : known.run;
      run.push(outcome.cell);
      const entry = { run, at: run.length - 1 };
      if (known === undefined) {
        const number = this.#vehicles.size;
        this.#vehicles.set(taxi, { number, leg, observed: null, run, entry });
        return;
      }
      known.run = run;
      known.entry = entry;
      this.#enter(known, outcome.cell);
    }
    if (known !== undefined && isNewLeg && !(leg instanceof Drive)) {
      this.#ends.push({ ending: leg.errand, entry: known.entry });
    }
  }

  finish(): ObservedFleet {
    const starts = Int32Array.from([0, ...this.#runs.map(({ length }) => length)]);
    starts.forEach((length, run) => (starts[run] = (starts[run - 1] ?? 0) + length));
    const cells = new Int32Array(starts.at(-1) ?? 0);
    this.#runs.forEach((run, index) => cells.set(run, starts[index]));
    return { legs: this.#legs, ends: this.#ends, runs: { cells, starts } };
  }

  #newRun(): number[] {
    const run: number[] = [];
    this.#runs.push(run);
    return run;
  }

  #begin(vehicle: Vehicle, taxi: Taxi): void {
    const { leg } = taxi;
    const { observed: before, entry } = vehicle;
    const wasSent = vehicle.leg instanceof Drive && leg.errand === 'fetching';
    if (wasSent) this.#ends.push({ ending: 'sent', entry });
    vehicle.leg = leg;
    if (!(leg instanceof Drive)) return;
    const waited = leg.errand === 'carrying' && before?.stood.at(-1) === entry;
    if (waited) before.stood.pop();
    vehicle.observed = {
      vehicle: vehicle.number,
      errand: leg.errand,
      startNode: leg.startNode,
      startMs: leg.startMs,
      idle: leg.errand === 'fetching' ? (this.#sent.get(taxi) ?? null) : null,
      cells: [entry.run[entry.at] ?? 0],
      entries: [waited ? entry : null],
      stood: [],
    };
    this.#legs.push(vehicle.observed);
  }

  #enter({ leg, observed, entry }: Vehicle, cell: number): void {
    if (observed === null) return;
    if (leg instanceof Drive) {
      observed.cells.push(cell);
      observed.entries.push(entry);
    } else {
      observed.stood.push(entry);
    }
  }
}

/** Simulates a fleet and watches it. */
export function observedFleet(
  options: FleetOptions,
  grid: Grid,
  rules: WindowRules,
): ObservedFleet {
  const recorder = new LegRecorder(grid, rules);
  const reports = observeFleet(options, ({ taxi, idle }) => recorder.send(taxi, idle));
  for (const report of reports) recorder.take(report);
  return recorder.finish();
}
