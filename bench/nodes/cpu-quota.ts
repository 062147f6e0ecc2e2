import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../src/errors.js';
import { Governor } from './governor.js';

/** Holds processes to a share of a core, each by itself. */
export interface CpuQuota {
  /** How it is done, for the report. */
  readonly way: string;
  /** Holds a process, with all of its threads, to the share from now on. */
  limit(pid: number): void;
  /** Lets a process go on without a limit: one that is to be stopped needs its time for it. */
  release(pid: number): void;
  /** Removes what is left; the processes have ended or were released. */
  close(): Promise<void>;
}

/** One way to have the kernel do it. */
interface ControlGroups {
  readonly way: string;
  /** A group of which the new ones become parts. */
  readonly parent: string;
  /** What is written into a new group's files. */
  readonly settings: Readonly<Record<string, number | string>>;
}

const prefix = 'stagecoach-bench-';
/** Short, so that a limited process does not stand still for long. */
const periodUs = 20_000;

/**
 * Holds processes to `share` of a core. The ways are tried in this order: control groups of version
 * 2 (`cpu.max`), those of version 1 (`cpu.cfs_quota_us`), and a governor in this process that stops
 * and continues them by the processor time that they have used.
 *
 * @param share of one core, 0.05 … 1
 * @param root where control groups are mounted
 * @throws {Error} where none of them works
 */
export function cpuQuota(share: number, root = '/sys/fs/cgroup'): CpuQuota {
  const failures: string[] = [];
  for (const ways of [version2, version1]) {
    for (const groups of ways(share, root)) {
      try {
        return GroupQuota.tried(groups);
      } catch (error) {
        failures.push(`${groups.parent}: ${messageOf(error)}`);
      }
    }
  }
  if (!existsSync('/proc/self/stat')) {
    throw new Error(
      `No way to hold a process to ${share} of a core: found neither writable control groups (${failures.join('; ')}) nor /proc. Run the bench on Linux, or in a Linux container.`,
    );
  }
  return new Governor(share);
}

function version2(share: number, root: string): ControlGroups[] {
  const quotaUs = Math.round(share * periodUs);
  return parents(root, '').map((parent) => ({
    ...{ way: `control groups v2 (cpu.max ${quotaUs} ${periodUs})`, parent },
    // The quota is to be the limit, not the neighbours.
    settings: { 'cpu.max': `${quotaUs} ${periodUs}`, 'cpu.weight': 10_000 },
  }));
}

function version1(share: number, root: string): ControlGroups[] {
  const quotaUs = Math.round(share * periodUs);
  return parents(join(root, 'cpu'), 'cpu').map((parent) => ({
    ...{ way: `control groups v1 (cpu.cfs_quota_us ${quotaUs} of ${periodUs})`, parent },
    settings: {
      'cpu.cfs_period_us': periodUs,
      'cpu.cfs_quota_us': quotaUs,
      'cpu.shares': 262_144,
    },
  }));
}

/** The group that this process is in, and the root: in a container one of the two may be made use of. */
function parents(mount: string, controller: string): string[] {
  const own = existsSync('/proc/self/cgroup') ? readFileSync('/proc/self/cgroup', 'utf8') : '';
  const line = own.split('\n').find((one) => one.split(':')[1]?.split(',').includes(controller));
  return [...new Set([join(mount, line?.split(':')[2] ?? ''), mount])];
}

class GroupQuota implements CpuQuota {
  readonly way: string;
  readonly #groups: ControlGroups;
  readonly #folders = new Map<number, string>();

  private constructor(groups: ControlGroups) {
    this.way = groups.way;
    this.#groups = groups;
  }

  /** @throws {Error} where a group can't be made and set */
  static tried(groups: ControlGroups): GroupQuota {
    const { parent } = groups;
    const delegated = join(parent, 'cgroup.subtree_control');
    if (existsSync(delegated)) {
      const controllers = readFileSync(delegated, 'utf8').trim().split(' ');
      if (!controllers.includes('cpu')) writeFileSync(delegated, '+cpu');
    }
    if (!existsSync(join(parent, 'cgroup.procs'))) throw new Error('there are no control groups');
    for (const name of readdirSync(parent)) {
      if (name.startsWith(prefix)) removeIfLeft(join(parent, name));
    }
    const quota = new GroupQuota(groups);
    rmdirSync(quota.#make('trial'));
    return quota;
  }

  limit(pid: number): void {
    const folder = this.#make(String(pid));
    this.#folders.set(pid, folder);
    writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  }

  release(pid: number): void {
    if (!this.#folders.has(pid)) return;
    try {
      writeFileSync(join(this.#groups.parent, 'cgroup.procs'), String(pid));
    } catch {
      // It has ended, and is in no group any more.
    }
  }

  async close(): Promise<void> {
    for (const [pid, folder] of this.#folders) {
      this.release(pid);
      await removed(folder);
    }
    this.#folders.clear();
  }

  #make(name: string): string {
    const folder = join(this.#groups.parent, `${prefix}${process.pid}-${name}`);
    mkdirSync(folder);
    try {
      for (const [file, value] of Object.entries(this.#groups.settings)) {
        // Without `r+` a missing file of the kernel's would be made in a folder that is none.
        writeFileSync(join(folder, file), String(value), { flag: 'r+' });
      }
      return folder;
    } catch (error) {
      rmdirSync(folder);
      throw error;
    }
  }
}

/** Of a bench that was killed groups stay; those of one that runs hold processes, and stay too. */
function removeIfLeft(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use.
  }
}

/** A group whose last process has just ended is busy for a moment. */
async function removed(folder: string): Promise<void> {
  // Another quota may have found it empty and taken it for one that was left.
  for (let attempt = 1; existsSync(folder); attempt += 1) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if (attempt === 40) throw error;
      await delay(50);
    }
  }
}
