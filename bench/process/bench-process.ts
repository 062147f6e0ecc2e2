import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Handlers, Question, Usage } from './serve.js';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** How a process is started. */
export interface ForkOptions {
  /** Options of Node, such as `--expose-gc`. */
  readonly execArgv?: readonly string[];
}

/**
 * A process of its own for a part of a bench, so that what it uses is that part's alone.
 *
 * @example
 * const child = BenchProcess.fork<typeof handlers>(join(import.meta.dirname, 'map-process.js'));
 * const found = await child.ask('grow', 1_000);
 * await child.end();
 */
export class BenchProcess<Served extends Handlers> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message) => this.#take(message as Answer));
    child.once('exit', (code, signal) => {
      const how = signal ?? `exit code ${code ?? 0}`;
      for (const { reject } of this.#waiting.values()) reject(new Error(`it ended with ${how}`));
      this.#waiting.clear();
    });
  }

  /** @param file a module that calls `serve` with the handlers */
  static fork<Served extends Handlers>(
    file: string,
    { execArgv = [] }: ForkOptions = {},
  ): BenchProcess<Served> {
    return new BenchProcess<Served>(
      fork(file, { serialization: 'advanced', execArgv: [...execArgv] }),
    );
  }

  /** Works with a process that is ended afterwards, whatever happens. @param file as for `fork` */
  static async during<Served extends Handlers, Result>(
    file: string,
    work: (process: BenchProcess<Served>) => Promise<Result>,
    options: ForkOptions = {},
  ): Promise<Result> {
    const process = BenchProcess.fork<Served>(file, options);
    try {
      return await work(process);
    } finally {
      await process.end();
    }
  }

  /** @throws {Error} what its handler throws, and where the process ends before it answers */
  ask<Name extends keyof Served & string>(
    name: Name,
    argument: Parameters<Served[Name]>[0],
  ): Promise<Awaited<ReturnType<Served[Name]>>> {
    return this.#ask(name, argument) as Promise<Awaited<ReturnType<Served[Name]>>>;
  }

  /** What it has used up to now. */
  usage(): Promise<Usage> {
    return this.#ask('usage', null) as Promise<Usage>;
  }

  /** Ends it. Resolves when it has ended. */
  async end(): Promise<void> {
    const isOver = this.#child.exitCode !== null || this.#child.signalCode !== null;
    const exited = isOver ? Promise.resolve() : once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    await exited;
  }

  #ask(name: string, argument: unknown): Promise<unknown> {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const question: Question = { id, name, argument };
      this.#child.send(question, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.result);
  }
}
