import type { Candidate, Prediction } from '../wire/prediction.js';

/** How often predictions were right. */
export interface Accuracy {
  /** Predictions whose truth is known. */
  readonly scored: number;
  /** Share of the scored whose most probable cell was right, 0 … 1; null while none is scored. */
  readonly top1: number | null;
  /** Share of the scored that had the right cell among their first five, 0 … 1; null while none is scored. */
  readonly top5: number | null;
}

interface Pending {
  readonly lane: number;
  readonly offset: number;
  readonly eventTimeMs: number;
  readonly candidates: readonly Candidate[];
}

/** The vehicles heard of least recently are forgotten above this number. */
const MAX_VEHICLES = 100_000;

/**
 * Scores predictions against where each vehicle really went: the truth of a prediction is the cell of
 * the same vehicle's next one, unless a new trip began in between. Predictions are taken in the order
 * of their topic; one that comes again is not scored again, and a replay from before the vehicle's
 * last is not scored at all.
 */
export class AccuracyTracker {
  readonly #tripGapMs: number;
  readonly #pending = new Map<string, Pending>();
  #scored = 0;
  #top1 = 0;
  #top5 = 0;

  /** @param tripGapMs event time between two cells of a vehicle above which a new trip begins */
  constructor(tripGapMs: number) {
    this.#tripGapMs = tripGapMs;
  }

  /** Takes the next prediction, and with it the truth of the same vehicle's one before. */
  take(prediction: Prediction): void {
    const { vehicleId, lane, offset, eventTimeMs, cell, candidates, replayOf } = prediction;
    const before = this.#pending.get(vehicleId);
    if (before !== undefined && before.lane === lane && offset <= before.offset) return;
    if (replayOf !== null && before !== undefined && eventTimeMs < before.eventTimeMs) return;
    if (before !== undefined && eventTimeMs - before.eventTimeMs <= this.#tripGapMs) {
      const rank = before.candidates.findIndex((candidate) => candidate.cell === cell);
      this.#scored += 1;
      if (rank === 0) this.#top1 += 1;
      if (rank >= 0 && rank < 5) this.#top5 += 1;
    }
    this.#pending.delete(vehicleId);
    this.#pending.set(vehicleId, { lane, offset, eventTimeMs, candidates });
    if (this.#pending.size > MAX_VEHICLES) this.#forgetOldest();
  }

  /** The rates so far. */
  get accuracy(): Accuracy {
    const scored = this.#scored;
    if (scored === 0) return { scored, top1: null, top5: null };
    return { scored, top1: this.#top1 / scored, top5: this.#top5 / scored };
  }

  #forgetOldest(): void {
    for (const vehicleId of this.#pending.keys()) {
      this.#pending.delete(vehicleId);
      return;
    }
  }
}
