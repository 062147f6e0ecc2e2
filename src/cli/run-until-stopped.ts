import { constants } from 'node:os';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { tellParent } from './tell-parent.js';

/** A clean stop takes no longer than this; then the process ends all the same. */
const stopWithinMs = 10_000;

/** What a process does between its start and its end. */
export interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Keeps a worker's process up until it is told to stop: by SIGTERM or SIGINT, or by the end of the
 * parent that started it. Told while it starts, it stops as soon as it has started, so that it
 * leaves its group as it should. It exits with 0 after a clean stop, with 1 after one that failed
 * or took too long, and at a second signal at once, with 128 and the signal's number, as a shell
 * says of a process that a signal has ended (143 for SIGTERM, 130 for SIGINT).
 *
 * @param start is given what to call when the worker can't go on
 */
export async function runUntilStopped(
  log: Logger,
  start: (onFatal: (error: unknown) => void) => Promise<Stoppable>,
): Promise<void> {
  const onFatal = (error: unknown): void => {
    log.fatal({ err: error }, `the process ends: ${messageOf(error)}`);
    void tellParent(messageOf(error)).then(() => process.exit(1));
  };
  const told = new AbortController();
  const tell = (why: string): void => {
    log.info(`stopping: ${why}`);
    told.abort();
    setTimeout(() => {
      log.error(`the stop took over ${stopWithinMs / 1000} s: the process ends as it is`);
      process.exit(1);
    }, stopWithinMs).unref();
  };
  const onSignal = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (told.signal.aborted) process.exit(128 + constants.signals[signal]);
    tell(signal);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  process.on('disconnect', () => {
    if (!told.signal.aborted) tell('the parent process ended');
  });
  process.on('unhandledRejection', onFatal);
  const worker = await start(onFatal).catch((error: unknown) => {
    if (!told.signal.aborted) throw error;
    log.warn(`it was told to stop while it started, and could not start: ${messageOf(error)}`);
    process.exit(0);
  });
  // The parent may have ended before anybody listened.
  if (process.send !== undefined && !process.connected && !told.signal.aborted) {
    tell('the parent process has ended');
  }
  const stop = () => {
    worker.stop().then(() => {
      log.info('stopped');
      process.exit(0);
    }, onFatal);
  };
  if (told.signal.aborted) stop();
  else told.signal.addEventListener('abort', stop);
}
