import { BrokerError } from '../../../src/broker/errors.js';
import type { Outcome } from '../../../src/sink/lane-scorer.js';
import type { Action } from './actions.js';
import { MemoryKafka } from './memory-kafka.js';
import { lanes, plan } from './plan.js';
import { imageTopics, roles, type Role } from './roles.js';
import { SimulatedWorker } from './simulated-worker.js';
import { sendFix, unreadable } from './traffic.js';
import type { Fate } from './waiting-calls.js';

/** A Monday morning. */
const startMs = Date.parse('2024-03-04T07:00:00+09:00');
const smooth: Fate = { outcome: 'answered', size: 64, late: false };

/** What shows whether the vehicles are remembered as they were: too late for some, a step for all. */
const lastFixes = [-120 * 60_000, -60_000, 0].flatMap((clockMs) =>
  [0, 1, 2, 3].map((vehicle) => {
    return { vehicle, place: vehicle, afterMs: 1_000, clockMs, form: 'avro' as const };
  }),
);

/** A pipeline with everybody who works, has worked, or believes that they work on its lanes. */
export class World {
  readonly kafka: MemoryKafka;
  /** All that there ever were, oldest first. */
  readonly workers: SimulatedWorker[] = [];
  /** What its sinks have told of predictions that came true or didn't. */
  readonly outcomes: Outcome[] = [];
  #nowMs = startMs;
  #behindMs = 0;
  readonly #zombies: boolean;

  /** @param zombies whether a worker lives on when another is given its lane */
  constructor(zombies: boolean) {
    this.#zombies = zombies;
    this.kafka = new MemoryKafka(plan.lanes, () => this.#nowMs - this.#behindMs);
  }

  /** Lets all of it happen, and then has new workers finish what is left. */
  static async after(actions: readonly Action[], { zombies = true } = {}): Promise<World> {
    const world = new World(zombies);
    for (const action of actions) await world.#perform(action);
    const before = [...world.workers];
    await world.#finish();
    // Whoever lost a lane may still have something on its way.
    for (const worker of before) await worker.step(0, smooth);
    await world.#perform({ kind: 'feed', fixes: lastFixes });
    await world.#finish();
    return world;
  }

  /** What ended workers, but for sinks that were fenced or not answered: they begin anew. */
  get faults(): readonly unknown[] {
    return this.workers
      .map(({ failure }) => failure)
      .filter((failure) => failure !== null && !(failure instanceof BrokerError));
  }

  async #perform(action: Action): Promise<void> {
    switch (action.kind) {
      case 'feed':
        for (const planned of action.fixes) {
          this.#nowMs += planned.afterMs;
          sendFix(this.kafka, planned, this.#nowMs);
        }
        return;
      case 'clock':
        this.#behindMs = action.behindMs;
        return;
      case 'litter': {
        const topic = imageTopics[action.topic % imageTopics.length] ?? '';
        const litter = Array.from({ length: action.records }, () => {
          return { key: null, value: unreadable };
        });
        this.kafka.append(topic, action.lane % plan.lanes, litter);
        return;
      }
      case 'start': {
        const role = roles[action.role % roles.length];
        if (role === undefined) return;
        const lane = action.lane % plan.lanes;
        const before = this.#newest(role, lane);
        const after = this.#start(role, lane);
        for (const { isNew, fate } of action.turns) await (isNew ? after : before)?.step(0, fate);
        return;
      }
      case 'run':
        for (const worker of this.#working(action.roles)) {
          for (let call = 0; call < action.calls; call += 1) {
            await worker.step(0, { ...smooth, size: action.size });
          }
        }
        return;
      case 'step': {
        const worker = nth(action.worker, this.workers);
        for (const pick of action.picks) await worker?.step(pick, action.fate);
        return;
      }
      case 'commit':
        nth(action.worker, this.workers)?.commit();
        return;
      case 'kill':
        await this.#kill(action);
        return;
    }
  }

  async #kill(action: Extract<Action, { kind: 'kill' }>): Promise<void> {
    const alive = this.workers.filter(({ isAlive }) => isAlive);
    const killed = nth(action.worker, alive);
    if (killed === undefined) return;
    for (const pick of action.before) {
      if (action.isWriting && killed.calls.writes > 0) break;
      await killed.step(pick, { ...smooth, size: 8 });
    }
    for (const pick of action.atLast) await killed.step(pick, smooth);
    if (action.commits) killed.commit();
    killed.kill(action.late, action.after);
  }

  #start(role: Role, lane: number): SimulatedWorker {
    if (!this.#zombies) {
      for (const worker of this.workers) {
        if (worker.role === role && worker.lane === lane) worker.kill(false);
      }
    }
    const worker = new SimulatedWorker(this.kafka, role, lane, {
      count: (outcomes) => this.outcomes.push(...outcomes),
    });
    this.workers.push(worker);
    return worker;
  }

  #newest(role: Role, lane: number): SimulatedWorker | undefined {
    return this.workers.findLast(
      (worker) => worker.isAlive && worker.role === role && worker.lane === lane,
    );
  }

  /** The newest living worker of every lane and of so many roles. */
  #working(count: number): SimulatedWorker[] {
    return roles
      .slice(0, count)
      .flatMap((role) => lanes.map((lane) => this.#newest(role, lane) ?? this.#start(role, lane)));
  }

  /** Has new workers go on until none of them changes anything. */
  async #finish(): Promise<void> {
    const workers = roles.flatMap((role) => lanes.map((lane) => this.#start(role, lane)));
    for (let before = -1; before !== this.kafka.changes;) {
      before = this.kafka.changes;
      for (const worker of workers) {
        do await worker.step(0, smooth);
        while (worker.isAlive && !(worker.isAtRest && worker.calls.count === 1));
      }
    }
  }
}

/** The newest for 0, round and round. */
function nth(number: number, workers: readonly SimulatedWorker[]): SimulatedWorker | undefined {
  return workers.at(-1 - (number % Math.max(1, workers.length)));
}
