import type { RejectionCode } from '../geo/windows.js';
import type { Prediction } from '../wire/prediction.js';
import type { LoggedFix, SentItem, TopCells } from './referee.js';
import { positionsOutOfOrder } from './order.js';
import type { FaultKind } from './verdict.js';

/** Why a fix owes no prediction. */
export type NothingOwed = RejectionCode | 'stayed' | 'unreadable' | 'failed';

/** An item that owes a prediction. */
export interface OwedItem extends SentItem {
  readonly logged: LoggedFix;
}

/** An item that owes a prediction, and what the uncut model says of it. */
export interface DueItem extends OwedItem {
  readonly best: TopCells;
}

/** What a lane's judge tells whoever adds up the lanes. */
export interface LaneCourt {
  /** Each prediction of the run, once it is read. */
  observed(): void;
  report(kind: FaultKind, offset: number, text: string): void;
  /** A prediction and the item that it was made of. */
  compare(prediction: Prediction, item: DueItem): void;
}

/** Which part of a lane is judged, and what came out of it. */
export interface LaneOutput {
  readonly lane: number;
  /** First offset of the run's fixes. */
  readonly judgeFrom: number;
  /** Behind the last one. */
  readonly judgeTo: number;
  /** In the order of their topic. */
  readonly predictions: Iterable<Prediction> | AsyncIterable<Prediction>;
}

/**
 * Holds the predictions of one lane against its items. Both are read side by side, so that what is
 * held at a time are those of either whose counterpart has not come yet, and of all others no more
 * than an offset: a lane may be of any length.
 */
export class LaneJudge {
  readonly #output: LaneOutput;
  readonly #court: LaneCourt;
  readonly #predictions: Iterator<Prediction> | AsyncIterator<Prediction>;
  /** Of predictions, each once, in the order of their topic. */
  readonly #offsets: number[] = [];
  readonly #seen = new Set<number>();
  readonly #early = new Map<number, Prediction>();
  readonly #due = new Map<number, DueItem>();
  readonly #unexpected = new Set<number>();
  #readTo = -1;

  constructor(output: LaneOutput, court: LaneCourt) {
    this.#output = output;
    this.#court = court;
    const { predictions } = output;
    this.#predictions =
      Symbol.asyncIterator in predictions
        ? predictions[Symbol.asyncIterator]()
        : predictions[Symbol.iterator]();
  }

  /** Items whose predictions are to be there, in the order of their offsets. */
  async expect(items: readonly DueItem[]): Promise<void> {
    await this.#read(items.at(-1)?.logged.offset ?? 0);
    for (const item of items) {
      const { offset } = item.logged;
      const prediction = this.#early.get(offset);
      if (prediction === undefined) {
        this.#due.set(offset, item);
      } else {
        this.#early.delete(offset);
        this.#court.compare(prediction, item);
      }
    }
  }

  /** A fix that is to have no prediction, in the order of the offsets. */
  async expectNothing(offset: number, why: NothingOwed): Promise<void> {
    await this.#read(offset);
    if (!this.#early.delete(offset)) return;
    this.#refuse(offset, reasons[why]);
  }

  /** After the last fix: what is left over of either side, and whether all were in order. */
  async finish(): Promise<void> {
    await this.#read(Infinity);
    for (const { vehicleId, logged } of this.#due.values()) {
      this.#court.report('missing', logged.offset, `has no prediction (vehicle ${vehicleId})`);
    }
    for (const offset of this.#early.keys()) this.#refuse(offset, 'no item is owed for it');
    this.#judgeOrder();
  }

  /** Reads until a prediction of this offset or a later one has come. */
  async #read(offset: number): Promise<void> {
    while (this.#readTo < offset) {
      const next = await this.#predictions.next();
      if (next.done === true) this.#readTo = Infinity;
      else this.#take(next.value);
    }
  }

  #take(prediction: Prediction): void {
    const { lane, judgeFrom, judgeTo } = this.#output;
    const { offset } = prediction;
    if (offset < judgeFrom || offset >= judgeTo) return;
    this.#readTo = Math.max(this.#readTo, offset);
    this.#court.observed();
    if (prediction.lane !== lane) {
      const text = `has a prediction that says it is of lane ${prediction.lane}`;
      this.#court.report('unexpected', offset, text);
    } else if (this.#seen.has(offset)) {
      this.#court.report('repeated', offset, 'has a prediction that was there before');
    } else {
      this.#seen.add(offset);
      this.#offsets.push(offset);
      this.#match(prediction);
    }
  }

  #match(prediction: Prediction): void {
    const { offset } = prediction;
    const item = this.#due.get(offset);
    if (item === undefined) {
      this.#early.set(offset, prediction);
    } else {
      this.#due.delete(offset);
      this.#court.compare(prediction, item);
    }
  }

  #refuse(offset: number, why: string): void {
    this.#unexpected.add(offset);
    this.#court.report('unexpected', offset, `has a prediction, but ${why}`);
  }

  #judgeOrder(): void {
    const offsets = this.#offsets.filter((offset) => !this.#unexpected.has(offset));
    for (const position of positionsOutOfOrder(offsets)) {
      const before = offsets[position - 1];
      const after = offsets[position + 1];
      const text = [
        'has its prediction',
        before === undefined ? 'first of all' : `after that of offset ${before}`,
        after === undefined ? 'and last of all' : `and before that of offset ${after}`,
      ].join(' ');
      this.#court.report('outOfOrder', offsets[position] ?? 0, text);
    }
  }
}

const reasons: Readonly<Record<NothingOwed, string>> = {
  FIX_IN_FUTURE: 'its fix is from the future',
  FIX_TOO_LATE: 'its fix is too late',
  FIX_NOT_PLAUSIBLE: 'its fix is not plausible',
  stayed: 'its fix stays in the same cell',
  unreadable: 'its record is no readable fix',
  failed: 'its item went to the dead-letter topic',
};
