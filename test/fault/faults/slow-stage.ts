import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { randomFrom } from '../../unit/model/networks.js';
import type { FaultCluster } from '../cluster.js';
import { FaultStand } from '../stand.js';
import { toldRow, type ToldFault } from '../told.js';
import { Chance, Traffic } from '../traffic.js';
import { wideModel } from '../wide-model.js';

const mebibyte = 1024 * 1024;
const lanes = 4;
/** The slow stage begins with the second layer: what it reads is wide, what it makes is not. */
const cuts = [1];
const ratePerS = 600;
/** It is frozen but for so long in each period, as by a container's quota that is far too small. */
const runMs = 10;
const periodMs = 3_000;
/** What waits for the slow stage at the end, some 300 MiB: twice as much as it may hold. */
const backlogFixes = 12_000;
/**
 * What a worker may take above what it takes when it rests: what is queued (4 MiB a lane), what is
 * being fetched (as much again), what is decoded and computed, and garbage between two collections.
 */
const boundBytes = 160 * mebibyte;

/** Resident memory of a process. */
function residentBytes(pid: number): number {
  const [, kilobytes = '0'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

async function throttled(stand: FaultStand, until: () => Promise<boolean>): Promise<number> {
  const { workers } = stand;
  let most = 0;
  while (!(await until())) {
    workers.signal('stage-2-0', 'SIGCONT');
    await delay(runMs);
    workers.signal('stage-2-0', 'SIGSTOP');
    most = Math.max(most, residentBytes(workers.pidOf('stage-2-0') ?? 0));
    await delay(periodMs - runMs);
  }
  workers.signal('stage-2-0', 'SIGCONT');
  return most;
}

async function run(
  { brokers, proxied, tool }: FaultCluster,
  seed: number,
  sessionTimeoutMs: number,
): Promise<ReturnType<typeof toldRow> | string> {
  if (!existsSync('/proc/self/status')) return 'memory of other processes is read from /proc';
  const model = await wideModel();
  const stand = await FaultStand.deploy({
    ...{ brokers, proxied, tool, model, cuts, lanes, sessionTimeoutMs },
  });
  try {
    stand.startWorkers();
    await stand.workers.untilWorking();
    const pid = stand.workers.pidOf('stage-2-0') ?? 0;
    const restingBytes = residentBytes(pid);
    const before = await stand.predictedTo();
    stand.startFeed(new Traffic(new Chance(randomFrom(seed))), ratePerS);
    let most = await throttled(stand, async () => (await owedFixes(stand)) >= backlogFixes);
    const [made, came] = [await stand.predictedTo(), await stand.fixEnds()];
    await stand.stopFeed();
    const watcher = setInterval(() => (most = Math.max(most, residentBytes(pid))), 100);
    const ends = await stand.untilDrained().finally(() => clearInterval(watcher));
    const row = toldRow(slowStage, [await stand.judge(stand.plan.startOffsets, ends)]);
    const slower = sum(came, before) / Math.max(1, sum(made, before));
    const grownBytes = most - restingBytes;
    const found = `it grew by ${Math.round(grownBytes / mebibyte)} MiB while ${Math.round(slower)} times as much came as it took`;
    const isBounded = grownBytes <= boundBytes && slower >= 100;
    return isBounded ? { ...row, note: found } : { ...row, wrong: row.wrong + 1, faults: [found] };
  } finally {
    await stand.stop();
  }
}

function sum(to: readonly number[], from: readonly number[]): number {
  return to.reduce((total, offset, lane) => total + offset - (from[lane] ?? 0), 0);
}

/** Fixes that have no prediction yet. */
async function owedFixes(stand: FaultStand): Promise<number> {
  return sum(await stand.fixEnds(), await stand.predictedTo());
}

export const slowStage: ToldFault = {
  name: 'slow stage',
  guarantee:
    'a stage a hundred times slower than its input stays within its memory, and catches up',
  times: { full: 1, short: 1 },
  run,
};
