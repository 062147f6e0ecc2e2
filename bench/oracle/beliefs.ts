/** Numbers of one sign by cell. */
export type CellWeights = Map<number, number>;

/** Adds to the weight of a cell. */
export function addWeight(weights: CellWeights, cell: number, weight: number): void {
  weights.set(cell, (weights.get(cell) ?? 0) + weight);
}

/** What of one sequence of cells has been seen when a world shows its next one. */
interface Place {
  /** How many of the observed cells, from the first, the world has shown. */
  readonly index: number;
  /** 1, and less by a factor for each cell that the world shows and the taxi did not, or the reverse. */
  readonly likelihood: number;
}

/** How much less probable a world is that shows one cell more, or one less, than was observed. */
const mismatch = 0.02;
/** Below it, after three mismatches, a world no longer counts. */
const leastLikelihood = 0.9 * mismatch ** 3;

/**
 * Where in the observed cells of a leg a simulated world may be. Worlds that show exactly these cells
 * decide wherever there are any; those with a cell more or less count where there are none.
 */
export class Match {
  readonly #observed: Int32Array;
  readonly #places: readonly Place[];
  /** The cell that the world has shown last. */
  readonly cell: number;

  private constructor(observed: Int32Array, places: readonly Place[], cell: number) {
    this.#observed = observed;
    this.#places = places;
    this.cell = cell;
  }

  /** At the start of a leg. @param observed its cells, the first is the one that it starts in */
  static start(observed: Int32Array): Match {
    return new Match(observed, [{ index: 0, likelihood: 1 }], observed[0] ?? 0);
  }

  /** Whether the world is out of the question. */
  get isOver(): boolean {
    return this.#places.length === 0;
  }

  /** Calls `visit` for each place in which the world is in the observed cell that it has shown last. */
  forEachPlace(visit: (index: number, likelihood: number) => void): void {
    for (const { index, likelihood } of this.#places) {
      if (this.#observed[index] === this.cell) visit(index, likelihood);
    }
  }

  /** After the world has shown another cell. */
  next(cell: number): Match {
    const found = new Map<number, number>();
    const reach = (index: number, likelihood: number): void => {
      if (likelihood > leastLikelihood) found.set(index, (found.get(index) ?? 0) + likelihood);
    };
    for (const { index, likelihood } of this.#places) {
      const [here, then, afterThen] = this.#observed.subarray(index, index + 3);
      if (cell === then) reach(index + 1, likelihood);
      else if (cell === here) reach(index, likelihood);
      else {
        if (cell === afterThen) reach(index + 2, likelihood * mismatch);
        reach(index, likelihood * mismatch);
      }
    }
    const places = Array.from(found, ([index, likelihood]) => ({ index, likelihood }));
    return new Match(this.#observed, places, cell);
  }
}
