import { readFile } from 'node:fs/promises';
import { brokerPid } from '../broker/broker-process.js';
import { cpuMsOf } from '../process/cpu-time.js';

const sampleEveryMs = 200;

/** Processor time of a run by process id, from the moment at which all of its processes were there. */
export class CpuAccount {
  readonly #parent: number;
  readonly #processes: number;
  readonly #broker: number | null;
  readonly #timer: NodeJS.Timeout;
  #first: ReadonlyMap<number, number> | null = null;
  readonly #last = new Map<number, number>();

  private constructor(parent: number, processes: number, broker: number | null) {
    this.#parent = parent;
    this.#processes = processes;
    this.#broker = broker;
    this.#timer = setInterval(() => void this.#sample(), sampleEveryMs);
  }

  /**
   * @param parent the process that starts the others
   * @param processes how many it starts for the work
   * @param broker `host:port` of a broker, whose time is taken too where it runs on this machine
   */
  static async begin(parent: number, processes: number, broker: string): Promise<CpuAccount> {
    return new CpuAccount(parent, processes, await brokerPid(broker));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Milliseconds of a process; null where there is no /proc, or it was never seen at work. */
  msOf(pid: number): number | null {
    const last = this.#last.get(pid);
    return last === undefined || this.#first === null ? null : last - (this.#first.get(pid) ?? 0);
  }

  /** Milliseconds of the broker; null where it is in a container or on another machine. */
  get brokerMs(): number | null {
    return this.#broker === null ? null : this.msOf(this.#broker);
  }

  async #sample(): Promise<void> {
    const file = `/proc/${this.#parent}/task/${this.#parent}/children`;
    const listed = await readFile(file, 'utf8').catch(() => '');
    const children = listed.split(' ').filter(Boolean).map(Number);
    // One of them, which feeds the others, ends before these are done; then all of them end, one
    // after the other, and another checks what came out.
    const wanted = this.#first === null ? this.#processes : this.#processes - 1;
    if (children.length < wanted) return;
    const now = new Map<number, number>();
    for (const pid of [
      this.#parent,
      ...children,
      ...(this.#broker === null ? [] : [this.#broker]),
    ]) {
      const ms = cpuMsOf(pid);
      if (ms !== null) now.set(pid, ms);
    }
    this.#first ??= now;
    for (const [pid, ms] of now) this.#last.set(pid, ms);
  }
}
