import { localDistanceM } from '../geo/distance.js';
import type { Grid } from '../geo/grid.js';
import type { WindowRules } from '../geo/windows.js';
import type { TensorBatch } from '../wire/tensor-batch.js';
import { LastPredictions, type ItemTimes } from './last-predictions.js';

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
    const dataOf = (name: string): ArrayLike<number> =>
      tensors.find((tensor) => tensor.name === name)?.data ?? [];
    const [cells, probabilities] = [dataOf('cells'), dataOf('probabilities')];
    const current = dataOf('currentCell');
    const candidates = { cells, probabilities, topK: cells.length / Math.max(1, items.length) };
    const outcomes: Outcome[] = [];
    items.forEach((item, row) => {
      // Its window is from another time: where the vehicle is now it does not say.
      if (item.replay?.broughtWindow === true) return;
      if (item.failure !== null) {
        // Where the vehicle has gone is not known, nor that it went on from there.
        this.#last.forget(item.key);
        return;
      }
      const before = this.#last.placeOf(item.key);
      if (before !== undefined && this.#isOneTrip(before, item)) {
        outcomes.push(this.#outcome(before, current[row] ?? 0));
      }
      this.#last.keep(item.key, item, candidates, row);
    });
    return outcomes;
  }

  /** Items have been left out: nobody knows any more which item is the next of a vehicle. */
  forgetAll(): void {
    this.#last.forgetAll();
  }

  /** The rule of `VehicleMap` (src/geo/windows.ts). */
  #isOneTrip(before: number, now: ItemTimes): boolean {
    const { tripGapMs, memoryMs } = this.#rules;
    return (
      now.eventTimeMs - this.#last.eventTimeMs(before) <= tripGapMs &&
      now.ingestTimeMs - this.#last.ingestTimeMs(before) <= memoryMs
    );
  }

  #outcome(before: number, entered: number): Outcome {
    return {
      rank: this.#last.rankOf(before, entered),
      probability: this.#last.probability(before),
      errorM: this.#distanceM(this.#last.bestCell(before), entered),
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
