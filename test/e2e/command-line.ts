import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { projectDir } from '../../src/project-dir.js';
import { eventually } from '../integration/eventually.js';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js');

/** How a command has ended. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs in a process of its own. */
export class RunningCommand {
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  readonly finished: Promise<Finished>;

  constructor(child: ChildProcess, input: string) {
    this.#child = child;
    child.stdout?.on('data', (bytes) => (this.#stdout += String(bytes)));
    child.stderr?.on('data', (bytes) => (this.#stderr += String(bytes)));
    child.stdin?.end(input);
    this.finished = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) =>
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr }),
      );
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when this holds; fails where the command ends before that. */
  async until<State>(
    what: string,
    look: () => State | Promise<State>,
    holds: (state: State) => boolean,
  ): Promise<State> {
    return eventually(
      what,
      async () => {
        const { isRunning } = this;
        const state = await look();
        if (isRunning || holds(state)) return state;
        throw new Error(`The command ended before: ${what}.\n${this.#stdout}\n${this.#stderr}`);
      },
      holds,
    );
  }
}

/** The command line as a user has it: a cluster, a pipeline of one's own, an empty folder. */
export class CommandLine {
  readonly pipeline = `test-${randomUUID()}`;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #running = new Set<RunningCommand>();
  readonly folder = mkdtempSync(join(tmpdir(), 'stagecoach-e2e-'));

  /** One that is closed when the test has ended. */
  static during(t: TestContext, brokers: readonly string[]): CommandLine {
    const line = new CommandLine(brokers);
    t.after(() => line.close());
    return line;
  }

  constructor(brokers: readonly string[]) {
    this.#environment = {
      ...process.env,
      KAFKA_BROKERS: brokers.join(','),
      STAGECOACH_PIPELINE: this.pipeline,
      STAGECOACH_LANES: '3',
      STAGECOACH_SESSION_TIMEOUT_MS: '3000',
      NO_COLOR: '1',
    };
  }

  /** @param input what the command reads from its standard input */
  start(args: readonly string[], input = ''): RunningCommand {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: this.folder,
      env: this.#environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const command = new RunningCommand(child, input);
    this.#running.add(command);
    return command;
  }

  /** Runs a command to its end. */
  run(args: readonly string[], input = ''): Promise<Finished> {
    return this.start(args, input).finished;
  }

  /** A path in the command line's folder. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** Ends what still runs, as Ctrl-C would, and removes what was written. */
  async close(): Promise<void> {
    const left = [...this.#running].filter(({ isRunning }) => isRunning);
    for (const command of left) command.kill('SIGINT');
    await Promise.all(left.map(({ finished }) => finished));
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(join(projectDir(), '.stagecoach', 'logs', this.pipeline), {
      recursive: true,
      force: true,
    });
  }
}
