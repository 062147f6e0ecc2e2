import prometheus from 'prom-client';
import type { LaneHealth, WorkerHealth } from '../broker/worker-health.js';
import { QualityMetrics } from './quality-metrics.js';

/** What tells a worker's metrics from those of others; its plan is known once it is up. */
export interface MetricsIdentity {
  readonly pipeline: string;
  readonly role: string;
  /** 0 where it is not of a stage. */
  readonly stage: number;
}

const laneStates: readonly LaneHealth['state'][] = ['open', 'opening', 'stopped', 'stalled'];

/**
 * A worker's metrics, for Prometheus. They are made of what the worker tells of itself when
 * somebody asks; between two questions nothing is counted here.
 */
export class WorkerMetrics {
  readonly contentType = prometheus.Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new prometheus.Registry();
  readonly #identity: MetricsIdentity;
  readonly #restarts: prometheus.Counter;
  readonly #items: prometheus.Counter;
  readonly #deadLetters: prometheus.Counter;
  readonly #lanes: prometheus.Gauge<'state'>;
  readonly #lag: prometheus.Gauge<'lane'>;
  readonly #overPlan: prometheus.Gauge;
  readonly #slower: prometheus.Gauge;
  readonly #quality: QualityMetrics;

  constructor(identity: MetricsIdentity) {
    this.#identity = identity;
    const registers = [this.#registry];
    prometheus.collectDefaultMetrics({ register: this.#registry });
    this.#restarts = new prometheus.Counter({
      name: 'stagecoach_watchdog_restarts_total',
      help: 'Restarts of the consumer because lanes stood still',
      registers,
    });
    this.#items = new prometheus.Counter({
      name: 'stagecoach_items_total',
      help: 'Items written',
      registers,
    });
    this.#deadLetters = new prometheus.Counter({
      name: 'stagecoach_dead_letters_total',
      help: 'Items and records that went to the dead-letter topic',
      registers,
    });
    this.#lanes = new prometheus.Gauge({
      name: 'stagecoach_lanes',
      help: 'Lanes that the worker has been given, by what they are at',
      labelNames: ['state'],
      registers,
    });
    this.#lag = new prometheus.Gauge({
      name: 'stagecoach_lane_lag_records',
      help: 'Input records of a lane that have not been taken, as far as the worker knows',
      labelNames: ['lane'],
      registers,
    });
    this.#overPlan = new prometheus.Gauge({
      name: 'stagecoach_compute_over_plan',
      help: 'Measured time of computing an item over the planned time; absent while unknown',
      registers,
    });
    this.#slower = new prometheus.Gauge({
      name: 'stagecoach_slower_than_planned',
      help: '1 where computing takes longer than planned by more than the deviation factor',
      registers,
    });
    this.#quality = new QualityMetrics(this.#registry);
  }

  /**
   * The metrics as text.
   *
   * @param health null as long as the worker starts
   * @see https://prometheus.io/docs/instrumenting/exposition_formats/
   */
  async text(health: WorkerHealth | null): Promise<string> {
    const { pipeline, role, stage } = this.#identity;
    const plan = health?.identity.plan ?? '';
    this.#registry.setDefaultLabels({ pipeline, plan, role, stage: String(stage) });
    setCount(this.#restarts, health?.restarts ?? 0);
    setCount(this.#items, health?.items ?? 0);
    setCount(this.#deadLetters, health?.deadLetters ?? 0);
    const lanes = health?.lanes ?? [];
    for (const state of laneStates) {
      this.#lanes.set({ state }, lanes.filter((lane) => lane.state === state).length);
    }
    this.#lag.reset();
    for (const { lane, lag } of lanes) this.#lag.set({ lane: String(lane) }, lag);
    const overPlan = health?.computeOverPlan ?? null;
    if (overPlan === null) this.#overPlan.remove();
    else this.#overPlan.set(overPlan);
    this.#slower.set(health?.isSlowerThanPlanned === true ? 1 : 0);
    this.#quality.set(health?.quality ?? []);
    return this.#registry.metrics();
  }
}

/** The worker has counted itself: prom-client's counters can only be added to. */
function setCount(counter: prometheus.Counter, count: number): void {
  counter.reset();
  counter.inc(count);
}
