import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

/** What a process may use of its machine. */
export interface NodeLimits {
  /** Processor cores; less than 1 under a small quota. */
  readonly cores: number;
  readonly memoryBytes: number;
}

/** Where the kernel says what it limits; other folders than its own are for tests. */
export interface LimitSources {
  /** Where control groups are mounted. */
  readonly mount?: string;
  /** The groups of this process. */
  readonly ownGroups?: string;
}

/**
 * What this process may use: of the machine's processors those that it may run on, of the machine's
 * memory all, and of either no more than its control groups (version 1 or 2) allow. A group is
 * limited by those that it is part of as well.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html cpu.max, memory.max
 * @see https://docs.kernel.org/scheduler/sched-bwc.html cpu.cfs_quota_us
 */
export function nodeLimits(sources: LimitSources = {}): NodeLimits {
  const { mount = '/sys/fs/cgroup', ownGroups = '/proc/self/cgroup' } = sources;
  const groups = (read(ownGroups) ?? '').split('\n').map((line) => line.split(':'));
  const folders = (controller: string): string[] =>
    groups.flatMap(([, controllers = '', ...path]) => {
      const isVersion2 = controllers === '';
      if (!isVersion2 && !controllers.split(',').includes(controller)) return [];
      const root = isVersion2 ? mount : join(mount, controller);
      return withParents(path.join(':')).map((group) => join(root, group));
    });
  return {
    cores: Math.min(availableParallelism(), ...folders('cpu').map(quotaCores)),
    memoryBytes: Math.min(totalmem(), ...folders('memory').map(limitBytes)),
  };
}

/** A group and those that it is part of. In a container its path may be one that is not to be seen. */
function withParents(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return [...names.keys(), names.length].map((length) => names.slice(0, length).join('/'));
}

function quotaCores(folder: string): number {
  const [quota, period] = read(join(folder, 'cpu.max'))?.split(' ') ?? [
    read(join(folder, 'cpu.cfs_quota_us')),
    read(join(folder, 'cpu.cfs_period_us')),
  ];
  const cores = Number(quota) / Number(period);
  // `max` and −1 say that there is none.
  return cores > 0 ? cores : Infinity;
}

function limitBytes(folder: string): number {
  const limit = Number(
    read(join(folder, 'memory.max')) ?? read(join(folder, 'memory.limit_in_bytes')),
  );
  return limit > 0 ? limit : Infinity;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // The kernel has no such file where it sets no such limit.
    return undefined;
  }
}
