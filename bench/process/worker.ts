import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BenchProcess } from './bench-process.js';
import type { WorkerHandlers } from './worker-process.js';

/** A process that becomes a worker when it is asked to. */
export type Worker = BenchProcess<WorkerHandlers>;

/** Starts a process for a worker. */
export function forkWorker(): Worker {
  return BenchProcess.fork<WorkerHandlers>(join(import.meta.dirname, 'worker-process.js'));
}

/** Resolves when it reads so many lanes. */
export async function untilOpen(worker: Worker, lanes: number): Promise<void> {
  while ((await worker.ask('openLanes', undefined)) < lanes) await delay(50);
}

/** Stops the worker, which leaves its group, and ends the process. */
export async function stopWorker(worker: Worker): Promise<void> {
  await worker.ask('stop', undefined);
  await worker.end();
}
