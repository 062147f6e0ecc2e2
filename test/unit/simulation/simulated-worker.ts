import { BrokerError } from '../../../src/broker/errors.js';
import type { LaneProgress } from '../../../src/broker/lane-worker.js';
import type { RecordWriter } from '../../../src/broker/lane-writer.js';
import { WorkerMeter } from '../../../src/broker/worker-meter.js';
import { createLogger } from '../../../src/log.js';
import type { SinkEnvironment } from '../../../src/sink/sink-lane.js';
import type { MemoryKafka } from './memory-kafka.js';
import { plan, topics } from './plan.js';
import type { Role } from './roles.js';
import { WaitingCalls, type Fate } from './waiting-calls.js';

const log = createLogger('simulation', 'silent');
const meter = new WorkerMeter({ worker: 'simulated', role: 'stage', stage: 0, plan: plan.name });

/**
 * One life of a worker at one lane: the pipeline's own code over a Kafka in memory. It does
 * nothing between two calls that the test lets arrive, so that it can be frozen at each of them.
 */
export class SimulatedWorker {
  readonly role: Role;
  readonly lane: number;
  readonly calls = new WaitingCalls();
  /** Has taken all there was, and told so. */
  isAtRest = false;
  /** What ended it; null while it lives, or where it was killed. */
  failure: unknown = null;
  isAlive = true;
  readonly #kafka: MemoryKafka;
  readonly #quality: SinkEnvironment['quality'];
  #progress: LaneProgress | null = null;

  constructor(kafka: MemoryKafka, role: Role, lane: number, quality: SinkEnvironment['quality']) {
    this.#kafka = kafka;
    this.#quality = quality;
    this.role = role;
    this.lane = lane;
    this.#work().catch((error: unknown) => {
      this.failure = error;
      this.kill(true);
    });
  }

  /** Lets one of its calls arrive, and waits until it can do no more without another. */
  async step(pick: number, fate: Fate): Promise<void> {
    this.calls.arrive(pick, fate);
    for (let turn = 0; turn < this.role.turns; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /**
   * @param late whether what it has on its way to the broker can still arrive
   * @param picks what of that arrives at once
   */
  kill(late: boolean, picks: readonly number[] = []): void {
    this.isAlive = false;
    this.calls.die();
    for (const pick of picks)
      this.calls.arrive(pick, { outcome: 'answered', size: 0, late: false });
    if (!late) this.calls.lose();
  }

  /** Commits what it has reached, as a `LaneWorker` does once a second. */
  commit(): void {
    const { groupId, inputTopic } = this.role;
    if (!this.isAlive || this.#progress === null) return;
    this.#kafka.commit([groupId, inputTopic, this.lane], this.#progress);
  }

  /** What `LaneWorker` does with a lane. */
  async #work(): Promise<void> {
    const { lane, role } = this;
    const { fromOffset, handler } = await role.open(this.#environment(), {
      lane,
      signal: new AbortController().signal,
      ending: new AbortController().signal,
      acknowledged: (progress) => {
        this.#progress = progress;
      },
    });
    let from = fromOffset;
    for (;;) {
      const { records, nextOffset } = await this.calls.ask('wait', ({ size }) => {
        return this.#kafka.lane(role.inputTopic, lane).read({ from, max: size });
      });
      from = nextOffset;
      this.isAtRest = false;
      if (records.length > 0) {
        await handler.take(records);
      } else {
        await handler.idle?.(nextOffset);
        this.isAtRest = true;
      }
    }
  }

  #environment(): SinkEnvironment {
    const { calls } = this;
    const kafka = this.#kafka;
    return {
      plan,
      topics,
      meter,
      log,
      laneLog: {
        bounds: (topic) => calls.ask('wait', () => kafka.bounds(topic)),
        offsetsAt: (topic, timestampMs) =>
          calls.ask('wait', () => kafka.offsetsAt(topic, timestampMs)),
        async *read(topic, lane, from, to = Infinity) {
          const { records } = await calls.ask('wait', () =>
            kafka.lane(topic, lane).read({ from, to }),
          );
          yield* records;
        },
      },
      writer: {
        send: (topic, lane, records) =>
          calls.ask('repeat', () => kafka.append(topic, lane, records)),
      },
      progressOf: (groupId, topic) =>
        calls.ask('wait', ({ late }) => kafka.progressOf(groupId, topic, late)),
      quality: this.#quality,
      takeOver: (options) => this.#takeOver(options),
    };
  }

  /** What `FencedWriter` does: a take-over that fails, and a refused write, are `BrokerError`s. */
  async #takeOver(options: Parameters<SinkEnvironment['takeOver']>[0]): Promise<RecordWriter> {
    const { transactionalId, topic, lane } = options;
    const kafka = this.#kafka;
    const ask = <Answer>(withoutAnswer: 'repeat' | 'fail', onArrival: () => Answer) =>
      this.calls.ask(withoutAnswer, onArrival).catch((error: unknown) => {
        throw new BrokerError(`Lane ${lane} is somebody else's.`, error);
      });
    const epoch = await ask('fail', () => kafka.takeOver(transactionalId, topic, lane));
    let sequence = 0;
    return {
      async send(_, __, records) {
        if (records.length === 0) return;
        const first = sequence;
        sequence += records.length;
        const place = { topic, lane };
        await ask('repeat', () => kafka.write({ transactionalId, epoch }, first, place, records));
      },
    };
  }
}
