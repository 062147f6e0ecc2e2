import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** A process that a supervisor keeps up. */
export interface SupervisedProcess {
  /** What it is called in notices and how its log file is named, such as `stage-2-0`. */
  readonly name: string;
  /** Arguments of the program. */
  readonly args: readonly string[];
  /** Whether it is started again when it ends by itself without an error. */
  readonly endsByItself: boolean;
}

/** Where and how the processes run. */
export interface SupervisorOptions {
  /** The program's main file. */
  readonly main: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Each process appends what it logs to a file here. */
  readonly logDir: string;
  /** Told of what the user should know, such as `stage-2-0 (pid 123) died with SIGKILL, restarted`. */
  readonly onNotice: (notice: string) => void;
}

const firstRestartMs = 200;
const lastRestartMs = 5_000;
/** One that lived this long has had another fault: it is started again at once. */
const livedLongMs = 30_000;
/** A worker's clean stop takes up to 10 s. */
const killAfterMs = 12_000;

interface Child {
  readonly spec: SupervisedProcess;
  process: ChildProcess;
  startedAtMs: number;
  restartMs: number;
  timer: NodeJS.Timeout | null;
  done: () => void;
  readonly ended: Promise<void>;
  stopping: boolean;
}

/** Starts processes, starts those again that die, and stops them. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #children = new Map<string, Child>();
  #restarts = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    mkdirSync(options.logDir, { recursive: true });
  }

  /** Processes that died and were started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The process of this name that runs now; undefined where none does. */
  pidOf(name: string): number | undefined {
    const child = this.#children.get(name);
    return child === undefined || child.timer !== null ? undefined : child.process.pid;
  }

  /** Starts a process. */
  start(spec: SupervisedProcess): void {
    let done: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      done = resolve;
    });
    const child: Child = {
      spec,
      process: this.#fork(spec),
      startedAtMs: Date.now(),
      restartMs: firstRestartMs,
      timer: null,
      done,
      ended,
      stopping: false,
    };
    this.#children.set(spec.name, child);
    this.#watch(child);
  }

  /** Resolves when a process has ended by itself or was stopped. */
  async ended(name: string): Promise<void> {
    await this.#children.get(name)?.ended;
  }

  /** Asks processes to stop, and kills those that don't. */
  async stop(...names: readonly string[]): Promise<void> {
    const children = names.flatMap((name) => this.#children.get(name) ?? []);
    await Promise.all(children.map((child) => this.#stop(child)));
  }

  async stopAll(): Promise<void> {
    await this.stop(...this.#children.keys());
  }

  /** Ends all at once, without a clean stop. */
  killAll(): void {
    for (const child of this.#children.values()) {
      child.stopping = true;
      if (child.timer !== null) clearTimeout(child.timer);
      child.process.kill('SIGKILL');
    }
  }

  async #stop(child: Child): Promise<void> {
    child.stopping = true;
    if (child.timer !== null) {
      clearTimeout(child.timer);
      child.done();
    }
    child.process.kill('SIGTERM');
    const killer = setTimeout(() => child.process.kill('SIGKILL'), killAfterMs);
    await child.ended;
    clearTimeout(killer);
  }

  #fork({ name, args }: SupervisedProcess): ChildProcess {
    const logFile = openSync(join(this.#options.logDir, `${name}.log`), 'a');
    try {
      return fork(this.#options.main, [...args], {
        env: { ...process.env, ...this.#options.environment },
        stdio: ['ignore', logFile, logFile, 'ipc'],
        // Ctrl-C goes to the whole foreground group: only the supervisor is to hear it.
        detached: true,
      });
    } finally {
      closeSync(logFile);
    }
  }

  #watch(child: Child): void {
    const { process: running, spec } = child;
    running.on('message', (message) => {
      const notice = noticeIn(message);
      if (notice !== null) this.#options.onNotice(`${spec.name}: ${notice}`);
    });
    running.once('error', (error) => this.#options.onNotice(`${spec.name}: ${error.message}`));
    running.once('exit', (code, signal) => {
      if (child.stopping || (code === 0 && spec.endsByItself)) {
        child.done();
        return;
      }
      if (Date.now() - child.startedAtMs > livedLongMs) child.restartMs = firstRestartMs;
      const how = signal === null ? `ended with exit code ${code ?? 0}` : `died with ${signal}`;
      this.#options.onNotice(`${spec.name} (pid ${running.pid ?? 0}) ${how}, restarted`);
      this.#restarts += 1;
      child.timer = setTimeout(() => {
        child.timer = null;
        child.process = this.#fork(spec);
        child.startedAtMs = Date.now();
        this.#watch(child);
      }, child.restartMs);
      child.restartMs = Math.min(2 * child.restartMs, lastRestartMs);
    });
  }
}

function noticeIn(message: unknown): string | null {
  if (typeof message !== 'object' || message === null) return null;
  const notice: unknown = Reflect.get(message, 'notice');
  return typeof notice === 'string' ? notice : null;
}
