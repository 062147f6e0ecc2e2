import { createInterface, type Interface } from 'node:readline/promises';
import { ConfigError, PipelineError } from '../../errors.js';

/** What a person is asked. */
export interface Question<T> {
  readonly text: string;
  /** The answer that an empty line gives; null where there is none. */
  readonly proposal: string | null;
  /**
   * What an answer means; it comes without blanks around it.
   * @throws {PipelineError} that says what is wrong with it
   */
  readonly read: (answer: string) => T;
}

/** Somebody has stopped a dialogue: by Ctrl-C or Ctrl-D, or the terminal has gone. */
export class StoppedError extends PipelineError {
  constructor() {
    super('Stopped; nothing was written.', { code: 'STOPPED', disposition: 'fatal' });
  }
}

/** Asks a person at a terminal, line by line. */
export class Dialogue {
  readonly #terminal: Interface;
  readonly #output: NodeJS.WritableStream;
  /** Lines as they come: what is typed ahead waits here for its question. */
  readonly #lines: AsyncIterator<string, unknown>;
  #isClosed = false;
  #isInterrupted = false;

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
    this.#output = output;
    this.#terminal = createInterface({ input, output });
    this.#lines = this.#terminal[Symbol.asyncIterator]();
    this.#terminal.once('SIGINT', () => {
      this.#isInterrupted = true;
      this.close();
    });
    this.#terminal.once('close', () => {
      this.#isClosed = true;
    });
  }

  /**
   * Asks until the answer can be used.
   * @throws {StoppedError}
   */
  async ask<T>({ text, proposal, read }: Question<T>): Promise<T> {
    for (;;) {
      const typed = await this.#line(`${text}${proposal === null ? '' : ` [${proposal}]`}: `);
      try {
        return read(typed === '' ? (proposal ?? '') : typed);
      } catch (error) {
        if (!(error instanceof PipelineError)) throw error;
        this.say(error.message);
      }
    }
  }

  /** Asks for yes or no. @throws {StoppedError} */
  async agrees(text: string, proposal: 'yes' | 'no'): Promise<boolean> {
    return this.ask({ text, proposal, read: readYesOrNo });
  }

  /** Tells something, set off from the questions. */
  say(text: string): void {
    this.#output.write(`${text.replace(/^/gm, '  ')}\n`);
  }

  close(): void {
    this.#terminal.close();
  }

  async #line(prompt: string): Promise<string> {
    // Lines that came before the end are still to be answers.
    if (!this.#isClosed) {
      this.#terminal.setPrompt(prompt);
      this.#terminal.prompt();
    }
    const next = await this.#lines.next();
    if (next.done !== true && !this.#isInterrupted) return next.value.trim();
    this.#output.write('\n');
    throw new StoppedError();
  }
}

function readYesOrNo(answer: string): boolean {
  if (/^y(es)?$/i.test(answer)) return true;
  if (/^no?$/i.test(answer)) return false;
  throw new ConfigError('Answer yes or no.');
}
