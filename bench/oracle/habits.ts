import { rankingDepth } from '../../src/model/training/hits.js';
import { fitMarkov, type MarkovBaselines } from '../../src/model/training/markov.js';
import { addWeight, type CellWeights } from './beliefs.js';
import { nextCell, type Ending, type ObservedFleet } from './observed-legs.js';

interface Ends {
  readonly next: CellWeights;
  count: number;
}

/** What taxis do at the end of a drive, and the Markov baselines: counted in a fleet of its own. */
export class Habits {
  readonly markov: MarkovBaselines;
  /** Of the cells that idle taxis enter on a drive, the share in which they are sent to a customer. */
  readonly sentShare: number;
  readonly #ends = new Map<string, Ends>();

  constructor({ runs, ends, legs }: ObservedFleet) {
    this.markov = fitMarkov(runs, rankingDepth);
    const sent = ends.filter(({ ending }) => ending === 'sent').length;
    const roamed = legs.filter(({ errand }) => errand === 'roaming');
    this.sentShare = sent / roamed.reduce((sum, { cells }) => sum + cells.length, 1);
    for (const { ending, entry } of ends) {
      const key = keyOf(ending, entry.run[entry.at] ?? 0);
      const known = this.#ends.get(key) ?? { next: new Map(), count: 0 };
      this.#ends.set(key, known);
      known.count += 1;
      const next = nextCell(entry);
      if (next !== null) addWeight(known.next, next, 1);
    }
  }

  /**
   * Where a taxi goes to from the cell in which its drive has ended: shares of all that ended one
   * there. They sum to less than 1, as some stand until their run is over.
   */
  afterEnd(ending: Ending, cell: number): CellWeights {
    const { next, count } = this.#ends.get(keyOf(ending, cell)) ?? neverSeen;
    return new Map(Array.from(next, ([to, times]) => [to, times / count]));
  }
}

const neverSeen: Ends = { next: new Map<number, number>(), count: 1 };

function keyOf(ending: Ending, cell: number): string {
  return `${ending} ${cell}`;
}
