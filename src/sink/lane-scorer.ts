import { localDistanceM } from '../geo/distance.js';
import type { Grid } from '../geo/grid.js';
import type { WindowRules } from '../geo/windows.js';
import type { TensorBatch } from '../wire/tensor-batch.js';
import { LastPredictions, type KeptPrediction } from './last-predictions.js';

/** What came of a prediction whose vehicle has gone on. */
export interface Outcome {
  /** Place of the cell that it entered among the candidates, from 0; −1 where it is none of them. */
  readonly rank: number;
  /** That the best candidate was given, 0 … 1. */
  readonly probability: number;
  /**
   * Metres from the centre of the best candidate to that of the cell entered; null where one of
   * them is outside of the grid.
   */
  readonly errorM: number | null;
}

/** Hits are counted among so many candidates, or all where the plan has fewer. */
const depth = 5;

/**
 * Scores the predictions of one lane: the truth of a prediction is the cell of the vehicle's next
 * item, unless a new trip begins with that. It is given each item of the lane once, in their order,
 * and remembers none from before: of a lane that comes from another worker the first item of each
 * vehicle scores nothing.
 */
export class LaneScorer {
  readonly #grid: Grid;
  readonly #rules: WindowRules;
  readonly #last: LastPredictions;

  constructor(grid: Grid, rules: WindowRules) {
    this.#grid = grid;
    this.#rules = rules;
    this.#last = new LastPredictions(depth, rules.memoryMs);
  }

  /** Vehicles of which a prediction is held. */
  get vehicles(): number {
    return this.#last.size;
  }

  /**
   * Takes the lane's next items, and tells what came of the predictions before them.
   *
   * @param batch with the tensors `cells` `[items, k] int32` and `probabilities` `[items, k] float32`,
   * best first, and `currentCell` `[items] int32`, as `predictionsOf` has checked them
   */
  take({ items, tensors }: TensorBatch): Outcome[] {
    const [cells, probabilities, current] = ['cells', 'probabilities', 'currentCell'].map(
      (name) => tensors.find((tensor) => tensor.name === name)?.data ?? [],
    );
    if (cells === undefined || probabilities === undefined || current === undefined) return [];
    const topK = cells.length / Math.max(1, items.length);
    const outcomes: Outcome[] = [];
    for (const [row, { key, eventTimeMs, ingestTimeMs, failure, replay }] of items.entries()) {
      // Its window is from another time: where the vehicle is now it does not say.
      if (replay?.broughtWindow === true) continue;
      if (failure !== null) {
        // Where the vehicle has gone is not known, nor that it went on from there.
        this.#last.forget(key);
        continue;
      }
      const now = {
        ...{ eventTimeMs, ingestTimeMs, probability: probabilities[row * topK] ?? 0 },
        cells: cells.slice(row * topK, (row + 1) * topK),
      };
      const before = this.#last.of(key);
      if (before !== null && this.#isOneTrip(before, now)) {
        outcomes.push(this.#outcome(before, current[row] ?? 0));
      }
      this.#last.keep(key, now);
    }
    return outcomes;
  }

  /** Items have been left out: nobody knows any more which item is the next of a vehicle. */
  forgetAll(): void {
    this.#last.forgetAll();
  }

  /** The rule of `VehicleMap` (src/geo/windows.ts). */
  #isOneTrip(before: KeptPrediction, now: KeptPrediction): boolean {
    const { tripGapMs, memoryMs } = this.#rules;
    return (
      now.eventTimeMs - before.eventTimeMs <= tripGapMs &&
      now.ingestTimeMs - before.ingestTimeMs <= memoryMs
    );
  }

  #outcome({ cells, probability }: KeptPrediction, entered: number): Outcome {
    return {
      rank: rankOf(entered, cells),
      probability,
      errorM: this.#distanceM(cells[0] ?? 0, entered),
    };
  }

  #distanceM(from: number, to: number): number | null {
    if (!this.#hasCentre(from) || !this.#hasCentre(to)) return null;
    if (from === to) return 0;
    const here = this.#grid.centreOf(from);
    const there = this.#grid.centreOf(to);
    return localDistanceM(here.latitude, here.longitude, there.latitude, there.longitude);
  }

  #hasCentre(cell: number): boolean {
    return cell >= 1 && cell <= this.#grid.size;
  }
}

function rankOf(cell: number, cells: ArrayLike<number>): number {
  for (let rank = 0; rank < cells.length; rank += 1) if (cells[rank] === cell) return rank;
  return -1;
}
