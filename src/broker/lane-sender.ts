import type { LaneContext, LaneProgress } from './lane-worker.js';
import type { OutgoingRecord, RecordWriter } from './lane-writer.js';

/**
 * Sends a lane's output, one request in flight at a time, while its worker computes what comes
 * next.
 */
export class LaneSender {
  readonly #writer: RecordWriter;
  readonly #topic: string;
  readonly #context: LaneContext;
  #inFlight: Promise<void> = Promise.resolve();

  constructor(writer: RecordWriter, topic: string, context: LaneContext) {
    this.#writer = writer;
    this.#topic = topic;
    this.#context = context;
  }

  /**
   * Resolves when the request before is acknowledged and this one is on its way.
   *
   * @param progress what is reached when these records are acknowledged
   * @param whenAcknowledged called then
   * @throws the error of the request before
   */
  async send(
    records: readonly OutgoingRecord[],
    progress: LaneProgress,
    whenAcknowledged: () => void = () => undefined,
  ): Promise<void> {
    await this.#inFlight;
    this.#inFlight = this.#sendNow(records, progress).then(whenAcknowledged);
    this.#inFlight.catch(() => {
      // The next send or drain throws it.
    });
  }

  /** @throws the error of the last request */
  drain(): Promise<void> {
    return this.#inFlight;
  }

  async #sendNow(records: readonly OutgoingRecord[], progress: LaneProgress): Promise<void> {
    const { lane, signal, acknowledged } = this.#context;
    await this.#writer.send(this.#topic, lane, records, signal);
    acknowledged(progress);
  }
}
