import type { GeoFix } from '../geo/fix.js';
import type { Grid } from '../geo/grid.js';
import type { RejectionCode, WindowRules } from '../geo/windows.js';
import type { Prediction } from '../wire/prediction.js';
import { ExpectedItems, type ExpectedItem } from './expected-items.js';
import { positionsOutOfOrder } from './order.js';
import { differencesOf } from './prediction-differences.js';
import type { Fault, FaultKind, Verdict } from './verdict.js';

/** An item that was sent once more with the window that it had. */
export interface SentItem extends ExpectedItem {
  readonly vehicleId: string;
  /** Of the fix that it was made of at first: epoch milliseconds. */
  readonly eventTimeMs: number;
}

/** One record of the topic of fixes. */
export interface LoggedFix {
  readonly offset: number;
  /** When the broker appended it, epoch milliseconds. */
  readonly ingestTimeMs: number;
  /** Null where the record can't be read as a fix. */
  readonly fix: GeoFix | null;
  /** Owes a prediction of the window that it carries, whatever its vehicle did; null for fixes. */
  readonly sentItem: SentItem | null;
  /** What a dead letter that was sent again is a replay of; null for all others. */
  readonly replayOf: number | null;
}

/** What went into one lane and what came out of it. */
export interface LaneHistory {
  readonly lane: number;
  /**
   * The first fix of the run. Fixes before it are only looked at, for what they leave of their
   * vehicles' windows; left out, all are judged.
   */
  readonly judgeFrom?: number;
  /** Behind the last fix of the run; left out, there is no end. Predictions of others don't count. */
  readonly judgeTo?: number;
  /** In the order of their offsets. */
  readonly fixes: Iterable<LoggedFix> | AsyncIterable<LoggedFix>;
  /** In the order of their topic. */
  readonly predictions: Iterable<Prediction> | AsyncIterable<Prediction>;
  /** Offsets of fixes whose items a stage gave up with a dead letter. */
  readonly failedOffsets: ReadonlySet<number>;
}

/** The most probable cells of some windows, most probable first. */
export interface TopCells {
  /** `[batch, k] int32` */
  readonly cells: Int32Array;
  /** `[batch, k] float32` */
  readonly probabilities: Float32Array;
}

/** What a run is judged by. */
export interface RefereeOptions {
  readonly plan: string;
  readonly modelDigest: string;
  readonly rules: WindowRules;
  readonly grid: Pick<Grid, 'cellAt' | 'distanceToCellM' | 'centreOf' | 'size'>;
  /**
   * The uncut model.
   * @param windows `[batch, steps] int32`
   */
  readonly predict: (windows: Int32Array, batch: number) => TopCells | Promise<TopCells>;
}

interface OwedItem extends SentItem {
  readonly logged: LoggedFix;
}

/** What is known of a lane while it is judged. */
interface LaneState {
  readonly lane: number;
  /** By offset, the first prediction of each, in the order of their topic. */
  readonly observed: ReadonlyMap<number, Prediction>;
  /** Offsets of {@link observed} that belong to an item. */
  readonly matched: Set<number>;
  owed: OwedItem[];
}

const BATCH_ITEMS = 128;
const EXAMPLES_PER_KIND = 3;

/**
 * Judges a run from outside: what went in, what came out, the rules and the uncut model are all it
 * knows. It makes the windows by its own statement of the rules, has the whole model predict them,
 * and looks for each prediction that is owed.
 *
 * Windows are predicted in batches as they come up; what is held at a time is one lane's predictions.
 *
 * @example
 * const referee = new Referee({ plan, modelDigest, rules, grid, predict });
 * for (const log of lanes) await referee.judge(log);
 * console.log(referee.verdict().missing);
 */
export class Referee {
  readonly #options: RefereeOptions;
  readonly #counts = { missing: 0, repeated: 0, outOfOrder: 0, altered: 0, unexpected: 0 };
  readonly #rejected = { FIX_IN_FUTURE: 0, FIX_TOO_LATE: 0, FIX_NOT_PLAUSIBLE: 0 };
  readonly #faults: Fault[] = [];
  #fixes = 0;
  #expected = 0;
  #observed = 0;
  #failed = 0;
  #compared = 0;

  constructor(options: RefereeOptions) {
    this.#options = options;
  }

  /** Judges one lane. Lanes are judged one after the other, each once. */
  async judge(log: LaneHistory): Promise<void> {
    const { lane, failedOffsets, judgeFrom = 0 } = log;
    const observed = await this.#collect(log);
    const state: LaneState = { lane, observed, matched: new Set(), owed: [] };
    const items = new ExpectedItems(this.#options.grid, this.#options.rules);
    const explained = new Set<number>();
    for await (const logged of log.fixes) {
      const { offset } = logged;
      const ruling = ruleOn(logged, items);
      if (offset < judgeFrom) continue;
      this.#fixes += 1;
      if (typeof ruling !== 'string' && !failedOffsets.has(offset)) {
        state.owed.push({ ...ruling, logged });
        if (state.owed.length >= BATCH_ITEMS) await this.#settle(state);
        continue;
      }
      const why = typeof ruling === 'string' ? ruling : 'failed';
      if (why === 'failed') this.#failed += 1;
      else if (why !== 'stayed' && why !== 'unreadable') this.#rejected[why] += 1;
      if (!observed.has(offset)) continue;
      explained.add(offset);
      this.#report('unexpected', lane, offset, `has a prediction, but ${reasons[why]}`);
    }
    await this.#settle(state);
    for (const offset of observed.keys()) {
      if (state.matched.has(offset) || explained.has(offset)) continue;
      this.#report('unexpected', lane, offset, 'has a prediction, but no fix has that offset');
    }
    this.#judgeOrder(state);
  }

  /** What was found so far. */
  verdict(): Verdict {
    return {
      fixes: this.#fixes,
      expected: this.#expected,
      observed: this.#observed,
      failed: this.#failed,
      ...this.#counts,
      rejected: { ...this.#rejected },
      identicalToUncut: this.#compared === 0 ? null : this.#counts.altered === 0,
      faults: [...this.#faults],
    };
  }

  async #collect(history: LaneHistory): Promise<Map<number, Prediction>> {
    const { lane, predictions, judgeFrom = 0, judgeTo = Infinity } = history;
    const observed = new Map<number, Prediction>();
    for await (const prediction of predictions) {
      const { offset } = prediction;
      if (offset < judgeFrom || offset >= judgeTo) continue;
      this.#observed += 1;
      if (prediction.lane !== lane) {
        const text = `has a prediction that says it is of lane ${prediction.lane}`;
        this.#report('unexpected', lane, offset, text);
      } else if (observed.has(offset)) {
        this.#report('repeated', lane, offset, 'has a prediction that was there before');
      } else {
        observed.set(offset, prediction);
      }
    }
    return observed;
  }

  /** Has the uncut model predict the items owed, and compares. */
  async #settle(state: LaneState): Promise<void> {
    const { owed, lane, observed, matched } = state;
    if (owed.length === 0) return;
    state.owed = [];
    this.#expected += owed.length;
    const { cells, probabilities } = await this.#options.predict(
      Int32Array.from(owed.flatMap(({ window }) => window)),
      owed.length,
    );
    const topK = cells.length / owed.length;
    owed.forEach(({ vehicleId, eventTimeMs, cell, logged }, row) => {
      const { offset, ingestTimeMs, replayOf } = logged;
      const prediction = observed.get(offset);
      if (prediction === undefined) {
        this.#report('missing', lane, offset, `has no prediction (vehicle ${vehicleId})`);
        return;
      }
      matched.add(offset);
      this.#compared += 1;
      const differences = differencesOf(prediction, {
        vehicleId,
        eventTimeMs,
        ingestTimeMs,
        replayOf,
        cell,
        plan: this.#options.plan,
        modelDigest: this.#options.modelDigest,
        cells: cells.subarray(row * topK, (row + 1) * topK),
        probabilities: probabilities.subarray(row * topK, (row + 1) * topK),
        grid: this.#options.grid,
      });
      if (differences.length > 0) {
        this.#report('altered', lane, offset, `differs: ${differences.join('; ')}`);
      }
    });
  }

  #judgeOrder({ lane, observed, matched }: LaneState): void {
    const offsets = [...observed.keys()].filter((offset) => matched.has(offset));
    for (const position of positionsOutOfOrder(offsets)) {
      const before = offsets[position - 1];
      const after = offsets[position + 1];
      const text = [
        'has its prediction',
        before === undefined ? 'first of all' : `after that of offset ${before}`,
        after === undefined ? 'and last of all' : `and before that of offset ${after}`,
      ].join(' ');
      this.#report('outOfOrder', lane, offsets[position] ?? 0, text);
    }
  }

  #report(kind: FaultKind, lane: number, offset: number, text: string): void {
    this.#counts[kind] += 1;
    if (this.#counts[kind] > EXAMPLES_PER_KIND) return;
    this.#faults.push({ kind, lane, offset, text: `lane ${lane}, offset ${offset} ${text}` });
  }
}

function ruleOn(
  { fix, sentItem, ingestTimeMs }: LoggedFix,
  items: ExpectedItems,
): SentItem | RejectionCode | 'stayed' | 'unreadable' {
  if (sentItem !== null) return sentItem;
  if (fix === null) return 'unreadable';
  const ruling = items.rule(fix, ingestTimeMs);
  if (typeof ruling === 'string') return ruling;
  return { ...ruling, vehicleId: fix.vehicleId, eventTimeMs: fix.eventTimeMs };
}

const reasons: Readonly<Record<RejectionCode | 'stayed' | 'unreadable' | 'failed', string>> = {
  FIX_IN_FUTURE: 'its fix is from the future',
  FIX_TOO_LATE: 'its fix is too late',
  FIX_NOT_PLAUSIBLE: 'its fix is not plausible',
  stayed: 'its fix stays in the same cell',
  unreadable: 'its record is no readable fix',
  failed: 'its item went to the dead-letter topic',
};
