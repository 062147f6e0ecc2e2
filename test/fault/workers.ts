import { readFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Supervisor } from '../../src/control/supervisor.js';
import { projectDir } from '../../src/project-dir.js';
import { eventually } from '../integration/eventually.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';

/** How workers are started. */
export interface WorkersOptions {
  readonly brokers: readonly string[];
  readonly proxied: readonly string[];
  readonly plan: PlanRecord;
  readonly sessionTimeoutMs: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const mainFile = join(projectDir(), 'dist/src/cli/main.js');

/**
 * The processes of a pipeline's workers, as `stagecoach up` would run them: those that die are
 * started again. Worker 0 of each role reaches the brokers by way of the proxies.
 */
export class Workers {
  /** What the workers and their supervisors wanted a person to know. */
  readonly notices: string[] = [];
  readonly #options: WorkersOptions;
  readonly #direct: Supervisor;
  readonly #proxied: Supervisor;
  readonly #logDir: string;
  readonly #names = new Set<string>();

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#logDir = join(projectDir(), '.stagecoach', 'logs', options.plan.pipeline);
    this.#direct = this.#supervisor(options.brokers);
    this.#proxied = this.#supervisor(options.proxied);
  }

  get restarts(): number {
    return this.#direct.restarts + this.#proxied.restarts;
  }

  /** All that are to run. */
  get names(): string[] {
    return [...this.#names];
  }

  /** @param name its role, and a number that says which of the role's it is, such as `stage-1-0` */
  start(name: string): void {
    const role = name.replace(/-\d+$/, '');
    const command = role.startsWith('stage-') ? ['stage', role.slice(6)] : [role];
    const args = [...command, '--plan', this.#options.plan.name, '--name', name];
    this.#names.add(name);
    this.#of(name).start({ name, args, endsByItself: false });
  }

  /** As SIGTERM does. */
  async end(name: string): Promise<void> {
    this.#names.delete(name);
    await this.#of(name).stop(name);
  }

  /** Sends a signal to a worker's process. @returns whether there was one */
  signal(name: string, signal: NodeJS.Signals): boolean {
    const pid = this.pidOf(name);
    if (pid === undefined) return false;
    try {
      process.kill(pid, signal);
      return true;
    } catch {
      // It has ended by itself a moment ago.
      return false;
    }
  }

  /** Kills some at once. Resolves when their processes have ended. */
  async kill(...names: readonly string[]): Promise<void> {
    const before = names.map((name) => [name, this.pidOf(name)] as const);
    for (const name of names) this.signal(name, 'SIGKILL');
    await eventually(
      'those who were killed have ended',
      () => before.filter(([name, pid]) => pid !== undefined && this.pidOf(name) === pid),
      (left) => left.length === 0,
    );
  }

  pidOf(name: string): number | undefined {
    return this.#of(name).pidOf(name);
  }

  /** Whether the process that runs now has been given its lanes. */
  isWorking(name: string): boolean {
    const pid = this.pidOf(name);
    if (pid === undefined) return false;
    const lines = this.logOf(name).split('\n');
    return lines.some(
      (line) => line.includes(`"pid":${pid},`) && line.includes('"msg":"lanes assigned"'),
    );
  }

  /** Resolves when these have been given their lanes; all workers where none is named. */
  async untilWorking(...names: readonly string[]): Promise<void> {
    const wanted = names.length === 0 ? this.names : names;
    await eventually(
      'the workers are at work',
      () => wanted.filter((name) => !this.isWorking(name)),
      (missing) => missing.length === 0,
    );
  }

  /** What a worker has logged. */
  logOf(name: string): string {
    const file = join(this.#logDir, `${name}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async stop(): Promise<void> {
    for (const name of this.#names) this.signal(name, 'SIGCONT');
    await Promise.all([this.#direct.stopAll(), this.#proxied.stopAll()]);
    if (process.env['STAGECOACH_KEEP_LOGS'] === undefined) {
      rmSync(this.#logDir, { recursive: true, force: true });
    }
  }

  #of(name: string): Supervisor {
    return name.endsWith('-0') ? this.#proxied : this.#direct;
  }

  #supervisor(brokers: readonly string[]): Supervisor {
    const { plan, sessionTimeoutMs, environment } = this.#options;
    return new Supervisor({
      main: mainFile,
      environment: {
        KAFKA_BROKERS: brokers.join(),
        STAGECOACH_PIPELINE: plan.pipeline,
        STAGECOACH_LANES: String(plan.lanes),
        STAGECOACH_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
        STAGECOACH_LOG_LEVEL: 'info',
        ...environment,
      },
      logDir: this.#logDir,
      onNotice: (notice) => this.notices.push(notice),
    });
  }
}
