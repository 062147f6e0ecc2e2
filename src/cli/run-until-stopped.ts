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
 * parent that started it. A second signal ends it at once.
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
  const worker = await start(onFatal);
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) process.exit(130);
    stopping = true;
    log.info(`stopping: ${why}`);
    setTimeout(() => {
      log.error(`the stop took over ${stopWithinMs / 1000} s: the process ends as it is`);
      process.exit(1);
    }, stopWithinMs).unref();
    worker.stop().then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => onFatal(error),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('the parent process ended'));
  process.on('unhandledRejection', onFatal);
  // It may have ended while this process started.
  if (process.send !== undefined && !process.connected) stop('the parent process has ended');
}
