import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import type { LayerRange } from '../../src/partition/cuts.js';
import type { CpuQuota } from '../nodes/cpu-quota.js';
import { modelFolder } from './job.js';

const computed = z.object({ items: z.number(), ms: z.number(), cpuMs: z.number() });

/** What a node that only computes has done. */
export interface Computed {
  readonly itemsPerS: number;
  /** Processor time of one item. Microseconds. */
  readonly cpuUsPerItem: number;
}

/**
 * A process that runs a sub-model over batches in its memory, as large as a stage's, and does
 * nothing else. With all layers it is the sequential node.
 */
export class ComputeNode {
  readonly #process: ChildProcess;
  readonly #quota: CpuQuota;
  readonly #pid: number;

  private constructor(process: ChildProcess, quota: CpuQuota, pid: number) {
    this.#process = process;
    this.#quota = quota;
    this.#pid = pid;
  }

  /** Starts one; it is under the quota from when it is ready. */
  static async start({ from, to }: LayerRange, quota: CpuQuota): Promise<ComputeNode> {
    const child = fork(
      join(import.meta.dirname, 'compute-process.js'),
      [modelFolder, String(from), String(to)],
      // TensorFlow's own remarks at its start have no place between the bench's lines.
      { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] },
    );
    await answerOf(child);
    const { pid } = child;
    if (pid === undefined) throw new Error('a node of the bench has no process');
    quota.limit(pid);
    return new ComputeNode(child, quota, pid);
  }

  /** Computes for so long. */
  async run(forMs: number): Promise<Computed> {
    this.#process.send(forMs);
    const { items, ms, cpuMs } = computed.parse(await answerOf(this.#process));
    return { itemsPerS: items / (ms / 1000), cpuUsPerItem: (cpuMs * 1000) / items };
  }

  async stop(): Promise<void> {
    this.#quota.release(this.#pid);
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}

/** A process's next message. @throws {Error} where it ends without one */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  let said = '';
  const listen = (text: unknown): void => {
    said += String(text);
  };
  child.stderr?.on('data', listen);
  const ended = once(child, 'close', { signal }).then(([code]: unknown[]) => {
    throw new Error(`A node that computes has ended with exit code ${String(code)}: ${said}`);
  });
  try {
    const [message] = (await Promise.race([
      once(child, 'message', { signal }),
      ended,
    ])) as unknown[];
    return message;
  } finally {
    ended.catch(() => undefined);
    waiting.abort();
    child.stderr?.off('data', listen);
  }
}
