import { rankingDepth } from '../../src/model/training/hits.js';
import type { Baseline } from '../../src/model/training/markov.js';
import type { City } from '../../src/producer/feeds/fleet/city.js';
import { addWeight, type CellWeights } from './beliefs.js';
import { Destinations } from './destinations.js';
import type { Habits } from './habits.js';
import type { Imagination } from './imagination.js';
import { nextCell, type Entry, type ObservedLeg } from './observed-legs.js';

/** Dongs of Daejeon's files. */
const dongs = 79;

/** One prediction of the oracle. */
export interface Judged {
  readonly vehicle: number;
  /** Whether the cell was entered with a customer in the taxi. */
  readonly isOccupied: boolean;
  readonly entry: Entry;
  readonly truth: number;
  /** Best first. */
  readonly oracle: readonly number[];
  /** The probability that the oracle gives its first cell; 1 where no world fitted. */
  readonly belief: number;
}

/** A baseline's ranking of what comes after an entry. */
export function baselineRanking(baseline: Baseline, { run, at }: Entry): readonly number[] {
  return baseline.rank(run[at - 1] ?? null, run[at] ?? 0);
}

const noBelief = (): CellWeights => new Map<number, number>();

function addAll(weights: CellWeights, shares: CellWeights, factor: number): void {
  for (const [cell, share] of shares) addWeight(weights, cell, share * factor);
}

function sumOf(weights: CellWeights): number {
  return [...weights.values()].reduce((sum, weight) => sum + weight, 0);
}

/** Predicts the next cells of observed legs by driving them again in imagined worlds. */
export class Oracle {
  readonly #habits: Habits;
  readonly #imagination: Imagination;
  readonly #destinations: Destinations;
  readonly #worlds: number;

  constructor(city: City, habits: Habits, imagination: Imagination, worlds: number) {
    this.#habits = habits;
    this.#imagination = imagination;
    this.#destinations = new Destinations(city, dongs);
    this.#worlds = worlds;
  }

  /** Judges all entries of a leg, and of the stand at its end, whose next cell is known. */
  judge(leg: ObservedLeg): Judged[] {
    const beliefs = this.#beliefsOn(leg);
    const driven = leg.entries.flatMap((entry, index) =>
      entry === null ? [] : this.#judged(leg, entry, beliefs[index] ?? noBelief(), index > 0),
    );
    const stood = leg.stood.flatMap((entry) =>
      this.#judged(leg, entry, this.#habits.afterEnd(leg.errand, entry.run[entry.at] ?? 0), true),
    );
    return [...driven, ...stood];
  }

  /** For each observed cell of a leg, how probable it is that each cell comes next. */
  #beliefsOn(leg: ObservedLeg): CellWeights[] {
    const beliefs = leg.cells.map(noBelief);
    const chances = this.#chancesOf(leg);
    for (let world = 0; world < this.#worlds; world += 1) {
      this.#imagination.drive(leg, chances, {
        entered: (index, cell, weight) => addWeight(beliefs[index] ?? noBelief(), cell, weight),
        ended: (index, weight) => {
          const after = this.#habits.afterEnd(leg.errand, leg.cells[index] ?? 0);
          addAll(beliefs[index] ?? noBelief(), after, weight);
        },
      });
    }
    if (leg.errand === 'roaming') this.#mindCustomers(leg, beliefs);
    return beliefs;
  }

  /** An idle taxi may be sent to a customer before it leaves a cell. */
  #mindCustomers({ cells }: ObservedLeg, beliefs: readonly CellWeights[]): void {
    const { sentShare } = this.#habits;
    beliefs.forEach((belief, index) => {
      const sum = sumOf(belief);
      const after = this.#habits.afterEnd('sent', cells[index] ?? 0);
      addAll(belief, after, (sum * sentShare) / (1 - sentShare));
    });
  }

  #chancesOf({ errand, startNode, idle }: ObservedLeg): Float64Array {
    const nobody = { latitudes: new Float64Array(), longitudes: new Float64Array(), sent: -1 };
    switch (errand) {
      case 'carrying':
        return this.#destinations.ofCustomer(startNode);
      case 'fetching':
        return this.#destinations.ofSentTaxi(idle ?? nobody);
      case 'roaming':
        return this.#destinations.ofIdleTaxi(startNode);
    }
  }

  /** Nothing where the truth is not known. `isOnErrand` is false while a customer is waited for. */
  #judged(leg: ObservedLeg, entry: Entry, belief: CellWeights, isOnErrand: boolean): Judged[] {
    const truth = nextCell(entry);
    if (truth === null) return [];
    const ranked = [...belief].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const sum = sumOf(belief);
    const cells = ranked.slice(0, rankingDepth).map(([cell]) => cell);
    const filled = new Set([...cells, ...baselineRanking(this.#habits.markov.secondOrder, entry)]);
    return [
      {
        vehicle: leg.vehicle,
        isOccupied: leg.errand === 'carrying' && isOnErrand,
        entry,
        truth,
        oracle: [...filled].slice(0, rankingDepth),
        belief: sum === 0 ? 1 : (ranked[0]?.[1] ?? 0) / sum,
      },
    ];
  }
}
