import type { LaneProgress } from './lane-handler.js';
import type { LaneQueue } from './lane-queue.js';
import type { LaneObservation } from './lane-watch.js';

type Phase =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly queue: LaneQueue }
  | { readonly kind: 'stopped'; readonly reason: string };

/** A lane that is a worker's: what it is at, and how far it has got. */
export class OwnedLane {
  readonly lane: number;
  /** Resolves when the work on the lane has ended. */
  done: Promise<void> = Promise.resolve();
  readonly #controller = new AbortController();
  #phase: Phase = { kind: 'opening' };
  #progress: LaneProgress | null = null;
  #isUncommitted = false;
  #takenTo = 0;
  #moves = 0;
  #isBusy = false;
  #lastError: string | null = null;

  constructor(lane: number) {
    this.lane = lane;
  }

  /** Aborted when the lane is no longer this worker's, or its work is given up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get phase(): Phase['kind'] {
    return this.#phase.kind;
  }

  /** Up to which fix its output is acknowledged; null where this worker has had no answer yet. */
  get progress(): LaneProgress | null {
    return this.#progress;
  }

  /** Whether output was acknowledged since it was last asked for what is to be committed. */
  get isUncommitted(): boolean {
    return this.#isUncommitted;
  }

  /** Why the work on it failed last; null once output was acknowledged after that. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /** Ends the work on it: what is in flight is answered to nobody. */
  giveUp(why: string): void {
    this.#controller.abort(new Error(`lane ${this.lane} ${why}`));
  }

  /** Its output ends somewhere else now, or that has to be looked up again. */
  opening(): void {
    this.#phase = { kind: 'opening' };
  }

  opened(queue: LaneQueue): void {
    this.#phase = { kind: 'open', queue };
  }

  failed(why: string): void {
    this.#lastError = why;
  }

  /** It is read no further until a person decides. */
  stopped(reason: string): void {
    this.#phase = { kind: 'stopped', reason };
  }

  /** Runs a call of the lane's handler: while it lasts, the lane is not idle. */
  async during(call: Promise<void> | undefined): Promise<void> {
    this.#isBusy = true;
    try {
      await call;
    } finally {
      this.#isBusy = false;
    }
  }

  /** Records were taken, up to this offset. Those that are taken again and again are no progress. */
  took(toOffset: number): void {
    if (toOffset <= this.#takenTo) return;
    this.#takenTo = toOffset;
    this.#moves += 1;
  }

  /** Output was acknowledged. */
  acknowledged(progress: LaneProgress): void {
    if (this.signal.aborted) return;
    this.#progress = progress;
    this.#isUncommitted = true;
    this.#lastError = null;
    this.#moves += 1;
  }

  /** What is to be committed since this was asked for last; null where nothing is new. */
  takeUncommitted(): LaneProgress | null {
    const progress = this.#isUncommitted ? this.#progress : null;
    this.#isUncommitted = false;
    return progress;
  }

  /** What was taken to be committed is to be so again. */
  wasNotCommitted(): void {
    this.#isUncommitted = true;
  }

  /** What a watch is to know of it. */
  observe(): LaneObservation {
    const queue = this.#phase.kind === 'open' ? this.#phase.queue : null;
    return {
      lane: this.lane,
      phase: this.#phase.kind,
      stopReason: this.#phase.kind === 'stopped' ? this.#phase.reason : null,
      lag: queue?.lag ?? 0,
      isBusy: this.#isBusy,
      moves: this.#moves,
      answers: queue?.answers ?? 0,
    };
  }
}
