import type { GeoFix } from '../geo/fix.js';
import type { Grid } from '../geo/grid.js';
import type { RejectionCode, WindowRules } from '../geo/windows.js';
import type { Prediction } from '../wire/prediction.js';
import { ExpectedItems, type ExpectedItem } from './expected-items.js';
import { LaneJudge, type DueItem, type LaneCourt, type OwedItem } from './lane-judge.js';
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

const BATCH_ITEMS = 128;
const EXAMPLES_PER_KIND = 3;

/**
 * Judges a run from outside: what went in, what came out, the rules and the uncut model are all it
 * knows. It makes the windows by its own statement of the rules, has the whole model predict them,
 * and looks for each prediction that is owed.
 *
 * Windows are predicted in batches as they come up, and a lane's predictions are read beside its
 * fixes: a run may be of any length.
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
    const { lane, predictions, failedOffsets, judgeFrom = 0, judgeTo = Infinity } = log;
    const output = { lane, judgeFrom, judgeTo, predictions };
    const judge = new LaneJudge(output, this.#courtOf(lane));
    const items = new ExpectedItems(this.#options.grid, this.#options.rules);
    let owed: OwedItem[] = [];
    for await (const logged of log.fixes) {
      const { offset } = logged;
      const ruling = ruleOn(logged, items);
      if (offset < judgeFrom) continue;
      this.#fixes += 1;
      if (typeof ruling !== 'string' && !failedOffsets.has(offset)) {
        owed.push({ ...ruling, logged });
        if (owed.length < BATCH_ITEMS) continue;
        await judge.expect(await this.#predict(owed));
        owed = [];
        continue;
      }
      const why = typeof ruling === 'string' ? ruling : 'failed';
      if (why === 'failed') this.#failed += 1;
      else if (why !== 'stayed' && why !== 'unreadable') this.#rejected[why] += 1;
      await judge.expectNothing(offset, why);
    }
    await judge.expect(await this.#predict(owed));
    await judge.finish();
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

  #courtOf(lane: number): LaneCourt {
    return {
      observed: () => void (this.#observed += 1),
      report: (kind, offset, text) => this.#report(kind, lane, offset, text),
      compare: (prediction, item) => this.#compare(prediction, item),
    };
  }

  /** What the uncut model says of the items owed. */
  async #predict(owed: readonly OwedItem[]): Promise<DueItem[]> {
    if (owed.length === 0) return [];
    this.#expected += owed.length;
    const { cells, probabilities } = await this.#options.predict(
      Int32Array.from(owed.flatMap(({ window }) => window)),
      owed.length,
    );
    const topK = cells.length / owed.length;
    return owed.map((item, row) => ({
      ...item,
      best: {
        cells: cells.subarray(row * topK, (row + 1) * topK),
        probabilities: probabilities.subarray(row * topK, (row + 1) * topK),
      },
    }));
  }

  #compare(prediction: Prediction, { vehicleId, eventTimeMs, cell, logged, best }: DueItem): void {
    const { plan, modelDigest, grid } = this.#options;
    const { ingestTimeMs, replayOf, offset } = logged;
    this.#compared += 1;
    const differences = differencesOf(prediction, {
      ...{ vehicleId, eventTimeMs, ingestTimeMs, replayOf, cell, plan, modelDigest },
      ...{ ...best, grid },
    });
    if (differences.length === 0) return;
    this.#report('altered', prediction.lane, offset, `differs: ${differences.join('; ')}`);
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
