import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ClientOptions } from '../broker/kafka-client.js';
import type { WaitingReader } from '../broker/link-samples.js';
import { PipelineError } from '../errors.js';

/** What the process of a waiting reader is told first. */
export interface ReaderJob {
  readonly client: ClientOptions;
  readonly topic: string;
}

/** A record that it is to wait for. */
export interface ReaderWish {
  readonly offset: number;
}

/** What it answers to its job, with null, and to each wish, with the time; or why it can't. */
export type ReaderAnswer = { readonly arrivedNs: string | null } | { readonly error: string };

/** A {@link WaitingReader} in a process of its own, as the worker of the next stage is one. */
export interface ForkedReader extends WaitingReader {
  /** Ends its process. */
  close(): void;
}

/** @throws {PipelineError} READER where its process can't read the topic */
export async function forkReader(job: ReaderJob): Promise<ForkedReader> {
  const child = fork(join(import.meta.dirname, 'waiting-reader-process.js'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then((): [ReaderAnswer] => [{ error: 'its process ended' }]);
  const ask = async (message: ReaderJob | ReaderWish): Promise<string | null> => {
    const answered: Promise<unknown[]> = once(child, 'message');
    child.send(message);
    const [answer] = (await Promise.race([answered, ended])) as [ReaderAnswer];
    if ('arrivedNs' in answer) return answer.arrivedNs;
    throw new PipelineError(`The connection to the broker can't be measured: ${answer.error}.`, {
      code: 'READER',
      disposition: 'fatal',
    });
  };
  try {
    await ask(job);
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    arrivalOf: async (offset) => Number(await ask({ offset })) / 1e6,
    close: () => void child.kill(),
  };
}
