import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { committedCoverage } from '../broker/committed.js';
import { pipelineTopics } from '../broker/topics.js';
import { Supervisor } from '../control/supervisor.js';
import { messageOf } from '../errors.js';
import type { LiveView } from '../observe/live-table.js';
import type { CardAccuracy } from '../model/card-accuracy.js';
import { qualityAlert } from '../observe/quality-alert.js';
import { RunMonitor } from '../observe/run-monitor.js';
import type { Summary } from '../observe/summary.js';
import type { Verdict } from '../observe/verdict.js';
import { predictionsEnd } from '../sink/predictions-end.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { auditInChildren } from './audit.js';
import { fleetArguments } from './fleet-options.js';
import type { CommandContext } from './global-options.js';
import { logDir } from './log-dir.js';
import { RunDisplay } from './run-display.js';
import { summaryOf } from './run-summary.js';
import type { RunIo } from './up-run.js';
import type { UpFlags } from './up.js';

/** What is deployed, and on how many brokers. */
export interface Deployed {
  readonly plan: PlanRecord;
  /** Workers of each stage. */
  readonly workers: readonly number[];
  readonly brokers: number;
  /** How good the model was in its test; null where that is not known. */
  readonly card: CardAccuracy | null;
}

/** Ends of the topics at one time, by lane. */
interface TopicEnds {
  readonly fixes: readonly number[];
  readonly predictions: readonly number[];
  readonly deadLetters: readonly number[];
  readonly status: readonly number[];
}

const showEveryMs = 250;
/** A drain during which nothing moves for this long is given up: what is missing is told. */
const stalledMs = 30_000;
/** The workers' last reports are waited for for this long. */
const lastReportsMs = 5_000;
const fleetName = 'fleet';

/** One run of `stagecoach up`: the workers' processes, the fleet, the display, and the check. */
export class PipelineRun {
  readonly #io: RunIo;
  readonly #context: CommandContext;
  readonly #flags: UpFlags;
  readonly #deployed: Deployed;
  readonly #supervisor: Supervisor;
  readonly #display = new RunDisplay();
  readonly #notices: string[] = [];
  readonly #interrupted = new AbortController();
  readonly #startedMs = Date.now();
  #feedStartMs = Date.now();
  #state = 'starting';
  /** Whether it was told that predictions are worse than the card promises, and still are. */
  #isQualityLow = false;
  /** What was shown while the workers were still at work: it stays when they have gone. */
  #lastWorking: LiveView | null = null;

  constructor(io: RunIo, context: CommandContext, flags: UpFlags, deployed: Deployed) {
    this.#io = io;
    this.#context = context;
    this.#flags = flags;
    this.#deployed = deployed;
    const { config } = context;
    this.#supervisor = new Supervisor({
      main: join(import.meta.dirname, 'main.js'),
      environment: {
        KAFKA_BROKERS: config.brokers.join(','),
        STAGECOACH_PIPELINE: config.pipeline,
        STAGECOACH_LANES: String(config.lanes),
        STAGECOACH_SESSION_TIMEOUT_MS: String(config.sessionTimeoutMs),
        STAGECOACH_STALL_TIMEOUT_MS: String(config.stallTimeoutMs),
        STAGECOACH_DEVIATION_FACTOR: String(config.deviationFactor),
        STAGECOACH_LOG_LEVEL: config.logLevel,
        // One address is not enough for several workers on one machine.
        STAGECOACH_HEALTH_LISTEN: 'none',
      },
      logDir: logDir(config.pipeline),
      onNotice: (notice) => this.#notices.push(notice),
    });
  }

  /** Runs until it is interrupted, the fleet has ended, or the predictions are made. */
  async toItsEnd(): Promise<Summary> {
    const onSignal = () => this.#interrupt();
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const ends = await this.#ends();
    // Fixes that wait since the last run are this one's too. Read after the predictions' ends.
    const beginning = {
      ...ends,
      fixes: await this.#predictedTo(),
    };
    const monitor = await RunMonitor.start({
      kafka: this.#io.kafka,
      plan: this.#deployed.plan,
      predictionsFrom: beginning.predictions,
      statusFrom: beginning.status,
      log: this.#context.log,
      onError: (error) =>
        this.#notices.push(`the display has lost its topics: ${messageOf(error)}`),
    });
    const shower = setInterval(() => this.#show(monitor), showEveryMs);
    try {
      this.#startWorkers();
      await this.#until(() => monitor.isComplete(this.#stages, Date.now()));
      await this.#feed(monitor);
      this.#state = 'draining';
      const end = await this.#drain(monitor);
      this.#lastWorking = this.#view(monitor, Date.now());
      this.#state = 'stopping';
      await this.#supervisor.stopAll();
      await this.#untilReported(monitor);
      await monitor.stop();
      this.#state = 'checking';
      const verdict = await this.#audit(beginning, end);
      this.#show(monitor);
      const { restarts } = this.#supervisor;
      return summaryOf({
        ...{ deployed: this.#deployed, flags: this.#flags, feedStartMs: this.#feedStartMs },
        ...{ monitor, verdict, restarts },
      });
    } finally {
      clearInterval(shower);
      this.#display.done();
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      this.#supervisor.killAll();
    }
  }

  get #stages(): number {
    return this.#deployed.plan.cuts.length + 1;
  }

  #interrupt(): void {
    if (this.#interrupted.signal.aborted) {
      this.#supervisor.killAll();
      process.exit(130);
    }
    this.#interrupted.abort();
  }

  /** The fixes last: a fix behind their end has no prediction before the predictions' end. */
  async #ends(): Promise<TopicEnds> {
    const topics = pipelineTopics(this.#context.config.pipeline);
    const end = async (topic: string) => (await this.#io.laneLog.bounds(topic)).end;
    return {
      predictions: await end(topics.predictions),
      deadLetters: await end(topics.deadLetter),
      status: await end(topics.status),
      fixes: await end(topics.fixes),
    };
  }

  #startWorkers(): void {
    const { plan, workers } = this.#deployed;
    const start = (name: string, ...command: string[]) => {
      const args = [...command, '--plan', plan.name, '--name', name];
      this.#supervisor.start({ name, args, endsByItself: false });
    };
    start('windower-0', 'windower');
    workers.forEach((count, index) => {
      const stage = index + 1;
      for (let replica = 0; replica < count; replica += 1) {
        start(`stage-${stage}-${replica}`, 'stage', String(stage));
      }
    });
    start('sink-0', 'sink');
  }

  /** Replays the fleet, or waits for as many predictions of somebody else's feed. */
  async #feed(monitor: RunMonitor): Promise<void> {
    if (this.#interrupted.signal.aborted) return;
    this.#state = 'running';
    this.#feedStartMs = Date.now();
    const { predictions } = this.#flags;
    if (!this.#flags.fleet) {
      await this.#until(() => monitor.predictions >= (predictions ?? Infinity));
      return;
    }
    const prefix = this.#flags.prefix ?? `taxi-${this.#startedMs.toString(36)}`;
    const args = ['fleet', '--name', fleetName, ...fleetArguments({ ...this.#flags, prefix })];
    if (predictions !== undefined) args.push('--windows', String(predictions));
    this.#supervisor.start({ name: fleetName, args, endsByItself: true });
    let ended = false;
    void this.#supervisor.ended(fleetName).then(() => {
      ended = true;
    });
    await this.#until(() => ended);
    await this.#supervisor.stop(fleetName);
  }

  /** Of a sink that was killed the predictions tell more than its last commit. */
  async #predictedTo(): Promise<number[]> {
    const { admin, laneLog } = this.#io;
    const { plan } = this.#deployed;
    const committed = await committedCoverage(admin, plan, 'sink');
    const topics = pipelineTopics(plan.pipeline);
    const ends = committed.map((_, lane) => predictionsEnd({ laneLog, topics, plan }, lane));
    const predicted = await Promise.all(ends);
    return committed.map((offset, lane) => Math.max(offset, predicted[lane] ?? 0));
  }

  /** Waits until every fix that is in now has been accounted for and every prediction has been seen. */
  async #drain(monitor: RunMonitor): Promise<TopicEnds> {
    let movedMs = Date.now();
    let before = -1;
    // Of a feed that goes on, what comes in from now on belongs to no drain.
    const { fixes } = await this.#ends();
    for (;;) {
      const covered = await committedCoverage(this.#io.admin, this.#deployed.plan, 'sink');
      // Read after the progress: the predictions that it tells of lie before these ends.
      const end = { ...(await this.#ends()), fixes };
      const allCovered = end.fixes.every((offset, lane) => (covered[lane] ?? 0) >= offset);
      const allSeen = end.predictions.every(
        (offset, lane) => (monitor.positions[lane] ?? 0) >= offset,
      );
      if (allCovered && allSeen) return end;
      const now = covered.reduce((sum, offset) => sum + offset, monitor.predictions);
      if (now !== before) movedMs = Date.now();
      before = now;
      if (Date.now() - movedMs > stalledMs) {
        this.#notices.push(`nothing has moved for ${stalledMs / 1000} s: the drain is given up`);
        return end;
      }
      await delay(50);
    }
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.#interrupted.signal.aborted) await delay(50);
  }

  /** A worker's last report tells of what came since the one before. */
  async #untilReported(monitor: RunMonitor): Promise<void> {
    const { status } = await this.#ends();
    const untilMs = Date.now() + lastReportsMs;
    const isRead = () => status.every((end, lane) => (monitor.statusPositions[lane] ?? 0) >= end);
    while (!isRead() && Date.now() < untilMs) await delay(50);
  }

  async #audit(beginning: TopicEnds, end: TopicEnds): Promise<Verdict> {
    const { plan } = this.#deployed;
    const { verdict } = await auditInChildren({
      client: this.#context.client,
      pipeline: plan.pipeline,
      plan: plan.name,
      fixes: { from: beginning.fixes, to: end.fixes },
      predictions: { from: beginning.predictions, to: end.predictions },
      deadLetters: { from: beginning.deadLetters, to: end.deadLetters },
      tfjsWindows: 0,
    });
    return verdict;
  }

  #show(monitor: RunMonitor): void {
    const nowMs = Date.now();
    const view = this.#lastWorking ?? this.#view(monitor, nowMs);
    const elapsedMs = nowMs - this.#startedMs;
    this.#watchQuality(monitor, nowMs);
    this.#display.show({ ...view, state: this.#state, elapsedMs });
  }

  #watchQuality(monitor: RunMonitor, nowMs: number): void {
    const alert = qualityAlert(monitor.quality.live(nowMs), this.#deployed.card);
    if (alert !== null && !this.#isQualityLow) this.#notices.push(alert);
    this.#isQualityLow = alert !== null;
  }

  #view(monitor: RunMonitor, nowMs: number): LiveView {
    const recent = monitor.recent(nowMs);
    const rows = monitor.rates.rows(nowMs);
    const { top1, top5 } = monitor.quality.total();
    return {
      pipeline: this.#context.config.pipeline,
      plan: this.#deployed.plan.name,
      state: this.#state,
      elapsedMs: nowMs - this.#startedMs,
      rows,
      predictions: monitor.predictions,
      targetPredictions: this.#flags.predictions ?? null,
      ratePerS: recent.ratePerS,
      latencyP50Ms: recent.p50Ms,
      latencyP99Ms: recent.p99Ms,
      ...{ top1, top5 },
      deadLetters: rows.reduce((sum, row) => sum + row.deadLetters, 0),
      notices: this.#notices,
    };
  }
}
