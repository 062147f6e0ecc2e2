import type { Logger } from '../log.js';
import { messageOf } from '../errors.js';
import { encodeWorkerReport, type WorkerReport } from '../wire/worker-report.js';
import type { QualityWindow } from '../wire/quality-window.js';
import type { LaneWriter } from './lane-writer.js';

/** Who a worker is, in its reports. */
export type WorkerIdentity = Pick<WorkerReport, 'worker' | 'role' | 'stage' | 'plan'>;

/** What a worker's meter can be asked for at any moment. */
export interface WorkerTotals extends Pick<WorkerReport, 'items' | 'deadLetters' | 'quality'> {
  readonly identity: WorkerIdentity;
}

/** What a worker can be asked for at any moment. */
export interface WorkerState {
  readonly lanes: readonly number[];
  /** Input records that have not been taken. */
  readonly lag: number;
  readonly coveredTo: readonly { readonly lane: number; readonly offset: number }[];
}

const reportIntervalMs = 1_000;

/** Mean of what was added since it was last taken; 0 where nothing was. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count += 1;
  }

  take(): number {
    const mean = this.#count === 0 ? 0 : this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    return mean;
  }
}

/** Counts what a worker does and reports it on the status topic, once a second and at its end. */
export class WorkerMeter {
  readonly #identity: WorkerIdentity;
  readonly #startedAtMs = Date.now();
  readonly #batchItems = new Mean();
  readonly #inferenceMs = new Mean();
  readonly #decodeMs = new Mean();
  readonly #encodeMs = new Mean();
  readonly #payloadBytes = new Mean();
  #items = 0;
  #records = 0;
  #deadLetters = 0;
  #quality: () => readonly QualityWindow[] = () => [];
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> = Promise.resolve();

  constructor(identity: WorkerIdentity) {
    this.#identity = identity;
  }

  /** One run of the engine over this many items. */
  inference(items: number, ms: number): void {
    this.#batchItems.add(items);
    this.#inferenceMs.add(ms);
  }

  decoded(ms: number): void {
    this.#decodeMs.add(ms);
  }

  /** One record written, of this many items. */
  encoded(items: number, payloadBytes: number, ms: number): void {
    this.#items += items;
    this.#records += 1;
    this.#payloadBytes.add(payloadBytes);
    this.#encodeMs.add(ms);
  }

  deadLetters(count: number): void {
    this.#deadLetters += count;
  }

  /** Has every report tell what came true of the worker's predictions. */
  tellQuality(quality: () => readonly QualityWindow[]): void {
    this.#quality = quality;
  }

  /** What happened up to now; the means are of the time since the report before. */
  report(state: WorkerState): WorkerReport {
    return {
      ...this.#identity,
      pid: process.pid,
      timeMs: Date.now(),
      startedAtMs: this.#startedAtMs,
      lanes: state.lanes,
      lag: state.lag,
      items: this.#items,
      records: this.#records,
      deadLetters: this.#deadLetters,
      batchItems: this.#batchItems.take(),
      inferenceMs: this.#inferenceMs.take(),
      decodeMs: this.#decodeMs.take(),
      encodeMs: this.#encodeMs.take(),
      payloadBytes: this.#payloadBytes.take(),
      rssBytes: process.memoryUsage.rss(),
      coveredTo: state.coveredTo,
      quality: this.#quality(),
    };
  }

  /** Who it is of and what was counted up to now. */
  get totals(): WorkerTotals {
    return {
      identity: this.#identity,
      items: this.#items,
      deadLetters: this.#deadLetters,
      quality: this.#quality(),
    };
  }

  /** Begins to send reports. One that can't be sent is left out: the next one tells more. */
  start(writer: () => LaneWriter, topic: string, state: () => WorkerState, log: Logger): void {
    const send = () => {
      const value = encodeWorkerReport(this.report(state()));
      this.#sending = writer()
        .send(topic, 0, [{ key: this.#identity.worker, value }], AbortSignal.timeout(2_000))
        .catch((error: unknown) => log.debug(`no report sent: ${messageOf(error)}`));
    };
    this.#timer = setInterval(send, reportIntervalMs);
    this.#last = send;
  }

  /** Sends the last report. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#sending;
    this.#last();
    await this.#sending;
  }

  #last: () => void = () => undefined;
}

/** Runs `work` and tells how long it took. Milliseconds. */
export function timed<T>(work: () => T, tell: (ms: number) => void): T {
  const startMs = performance.now();
  const result = work();
  tell(performance.now() - startMs);
  return result;
}
