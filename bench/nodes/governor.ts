import { cpuMsOf } from '../process/cpu-time.js';
import type { CpuQuota } from './cpu-quota.js';

interface Governed {
  readonly pid: number;
  /** Processor time at the last look. */
  cpuMs: number;
  /** Processor time that it may use before it is stopped; negative while it has used too much. */
  creditMs: number;
  stopped: boolean;
}

const everyMs = 10;
/** A process that has been idle may use so much at once. */
const maxCreditMs = 20;

/**
 * Holds processes to a share of a core without the kernel's help: one that has used more processor
 * time than is its due is stopped (SIGSTOP) until it is due again (SIGCONT).
 */
export class Governor implements CpuQuota {
  readonly way = 'a governor (SIGSTOP and SIGCONT by the processor time in /proc)';
  readonly #share: number;
  readonly #governed = new Map<number, Governed>();
  readonly #timer: NodeJS.Timeout;
  #lookedAtMs = performance.now();

  /** @param share of one core, up to 1 */
  constructor(share: number) {
    this.#share = share;
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  limit(pid: number): void {
    const cpuMs = cpuMsOf(pid);
    if (cpuMs === null) return;
    this.#governed.set(pid, { pid, cpuMs, creditMs: 0, stopped: false });
  }

  release(pid: number): void {
    const governed = this.#governed.get(pid);
    this.#governed.delete(pid);
    if (governed?.stopped === true) signal(pid, 'SIGCONT');
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    for (const pid of [...this.#governed.keys()]) this.release(pid);
    return Promise.resolve();
  }

  #look(): void {
    const nowMs = performance.now();
    const dueMs = this.#share * (nowMs - this.#lookedAtMs);
    this.#lookedAtMs = nowMs;
    for (const one of this.#governed.values()) {
      const cpuMs = cpuMsOf(one.pid);
      if (cpuMs === null) {
        this.#governed.delete(one.pid);
        continue;
      }
      one.creditMs = Math.min(one.creditMs + dueMs - (cpuMs - one.cpuMs), maxCreditMs);
      one.cpuMs = cpuMs;
      const isDue = one.creditMs >= 0;
      if (isDue !== one.stopped) continue;
      one.stopped = !isDue;
      signal(one.pid, isDue ? 'SIGCONT' : 'SIGSTOP');
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended a moment ago: the next look finds that out.
  }
}
