import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMsOf } from '../../../bench/process/cpu-time.js';
import { cpuQuota, type CpuQuota } from '../../../bench/nodes/cpu-quota.js';
import type { DistributedRun } from '../../../bench/nodes/distributed.js';
import { energyJ } from '../../../bench/seed/energy.js';
import { Governor } from '../../../bench/nodes/governor.js';
import { nodeRows } from '../../../bench/seed/node-columns.js';
import { steadySpan, wholeWork, workIn, type NodeWork } from '../../../bench/nodes/node-work.js';
import {
  energyOf,
  publishedSpeedUp,
  publishedTables,
  wrongTotals,
} from '../../../bench/seed/published.js';
import { noWork } from '../../../src/observe/work-sums.js';
import type { WorkerReport } from '../../../src/wire/worker-report.js';

const noProc = existsSync('/proc/self/stat') ? false : 'it needs Linux';

function isNear(actual: number, expected: number, share = 1e-9): void {
  assert.ok(
    Math.abs(actual - expected) <= Math.abs(expected) * share,
    `${actual} is not near ${expected}`,
  );
}

describe('the energy of a payload', () => {
  it('is 80 pJ for a byte, and 80 µJ for a megabyte', () => {
    isNear(energyJ(1), 80e-12);
    isNear(energyJ(1e6), 80e-6);
  });

  it('is 1,024 times what the seed has published for each of its rows', () => {
    for (const { rows } of publishedTables) {
      for (const { payloadMiB, energyJ: published } of rows) {
        // The published figures have two or three digits.
        isNear(energyOf(payloadMiB), 1024 * published, 0.02);
      }
    }
  });
});

describe('the seed’s published figures', () => {
  it('give the speed-ups of 0.52 to 0.81 that its README tells of', () => {
    const told = [0.614, 0.808, 0.776, 0.74, 0.517];
    const speedUps = [2, 3, 4, 5, 6].map((nodes) => publishedSpeedUp(nodes) ?? 0);
    speedUps.forEach((speedUp, at) => isNear(speedUp, told[at] ?? NaN, 0.004));
    assert.equal(publishedSpeedUp(1), 1);
    assert.equal(publishedSpeedUp(7), null);
  });

  it('add up but for an energy and two inference times', () => {
    assert.deepEqual(
      wrongTotals().map(({ nodes, column }) => `${column} of ${nodes}`),
      ['inference time of 4', 'energy of 5', 'inference time of 5'],
    );
  });

  it('were copied right: each row’s latency is its overheads’ sum, and each table’s other totals are', () => {
    for (const { rows, total } of publishedTables) {
      const isSum = (value: (row: (typeof rows)[number]) => number): void => {
        isNear(
          value(total),
          rows.reduce((sum, row) => sum + value(row), 0),
          1e-4,
        );
      };
      isSum((row) => row.codecS);
      isSum((row) => row.payloadMiB);
      isSum((row) => row.communicationS);
      isSum((row) => row.latencyS);
      for (const row of rows) isNear(row.codecS + row.communicationS, row.latencyS, 0.001);
    }
  });
});

describe('the seed’s columns of a run', () => {
  const work = (changed: Partial<NodeWork>): NodeWork => ({ ...noWork, cpuMs: 0, ...changed });
  const run: DistributedRun = {
    spanMs: 10_000,
    latenciesMs: [],
    items: 100,
    // It has done twice the items: what it did counts half.
    windower: work({ items: 200, payloadBytes: 16_000, decodeMs: 400, encodeMs: 200 }),
    nodes: [
      work({
        items: 100,
        payloadBytes: 1_000_000,
        decodeMs: 10,
        encodeMs: 90,
        inferenceMs: 4_000,
      }),
      work({ items: 50, payloadBytes: 2_000, decodeMs: 20, encodeMs: 5, inferenceMs: 3_000 }),
    ],
    sink: work({ items: 100, decodeMs: 50, encodeMs: 150, payloadBytes: 99_999 }),
  };
  const { rows, total } = nodeRows(run);

  it('count each byte where it is sent, and its energy where it is sent and where it is read', () => {
    assert.deepEqual(
      rows.map(({ node, payloadBytes }) => [node, payloadBytes]),
      [
        ['dispatcher', 8_000],
        ['node 1', 1_000_000],
        ['node 2', 4_000],
      ],
    );
    isNear(rows[0]?.energyJ ?? NaN, 12_000 * 80e-12);
    isNear(rows[1]?.energyJ ?? NaN, 1_008_000 * 80e-12);
    isNear(rows[2]?.energyJ ?? NaN, 1_004_000 * 80e-12);
    isNear(total.energyJ, 2 * 80e-12 * total.payloadBytes);
  });

  it('divide the time of the run into inference, (de)serialisation and the rest', () => {
    assert.deepEqual(
      rows.map(({ codecS, inferenceS }) => [codecS, inferenceS]),
      [
        [0.5, null],
        [0.1, 4],
        [0.05, 6],
      ],
    );
    for (const { inferenceS, latencyS, codecS, communicationS } of rows) {
      isNear((inferenceS ?? 0) + latencyS, 10);
      isNear(codecS + communicationS, latencyS);
    }
  });

  it('have totals that are the sums of their rows', () => {
    const sum = (value: (row: (typeof rows)[number]) => number): number =>
      rows.reduce((added, row) => added + value(row), 0);
    isNear(
      total.energyJ,
      sum((row) => row.energyJ),
    );
    isNear(
      total.codecS,
      sum((row) => row.codecS),
    );
    isNear(
      total.payloadBytes,
      sum((row) => row.payloadBytes),
    );
    isNear(
      total.inferenceS ?? NaN,
      sum((row) => row.inferenceS ?? 0),
    );
    isNear(
      total.communicationS,
      sum((row) => row.communicationS),
    );
    isNear(
      total.latencyS,
      sum((row) => row.latencyS),
    );
  });
});

describe('what a worker has reported', () => {
  const report = (timeMs: number, items: number): WorkerReport => ({
    ...{ worker: 'stage-1-0', role: 'stage', stage: 1, plan: 'p1', pid: 1, lanes: [], lag: 0 },
    ...{ timeMs, startedAtMs: 0, items, records: items / 10, deadLetters: 0, batchItems: 10 },
    ...{ inferenceMs: 5, decodeMs: 1, encodeMs: 2, payloadBytes: 100, rssBytes: 0, coveredTo: [] },
    quality: [],
  });
  const samples = [
    { report: report(1_000, 100), cpuMs: 50 },
    { report: report(2_000, 300), cpuMs: 250 },
    { report: report(3_000, 500), cpuMs: 450 },
    { report: report(4_000, 600), cpuMs: 500 },
  ];

  it('counts from the last report before a span to the last one in it', () => {
    const work = workIn(samples, { fromMs: 2_500, toMs: 4_000 });
    assert.deepEqual(
      [work.items, work.durationMs, work.cpuMs, work.payloadBytes, work.inferenceMs],
      [300, 2_000, 250, 3_000, 150],
    );
  });

  it('counts whole from the start of the process', () => {
    const work = wholeWork(samples);
    assert.deepEqual([work.items, work.durationMs, work.cpuMs], [600, 4_000, 500]);
  });

  it('is steady between a fifth of the items and the last twentieth', () => {
    const reports = samples.map((one) => one.report);
    assert.deepEqual(steadySpan(reports, 600), { fromMs: 2_000, toMs: 3_000 });
    assert.throws(() => steadySpan(reports.slice(0, 2), 600), /over too soon/);
  });
});

describe('a quota of processor time', { skip: noProc }, () => {
  const share = 0.2;

  it('holds a busy process to its share, and lets it go again', async () => {
    await holdsAndReleases(() => cpuQuota(share));
  });

  it('is held by a governor where there are no control groups', async () => {
    await holdsAndReleases(() => cpuQuota(share, join(tmpdir(), 'no-control-groups')));
  });

  it('is looked for in control groups first, and nothing stays of a trial that fails', async () => {
    const root = await mkdtemp(join(tmpdir(), 'stagecoach-groups-'));
    try {
      // A folder that is no control group has no cpu.max in its new folders.
      await writeFile(join(root, 'cgroup.procs'), '');
      const quota = cpuQuota(share, root);
      assert.ok(quota instanceof Governor, quota.way);
      await quota.close();
    } finally {
      await rm(root, { recursive: true });
    }
  });

  async function holdsAndReleases(open: () => CpuQuota): Promise<void> {
    const quota = open();
    const busy = spawn(process.execPath, ['-e', 'for (;;);']);
    try {
      const pid = busy.pid ?? 0;
      await untilUsed(pid, 100);
      quota.limit(pid);
      const limited = await shareOf(pid);
      assert.ok(limited < 3 * share, `${limited} of a core under ${quota.way}`);
      quota.release(pid);
      await untilUsed(pid, (cpuMsOf(pid) ?? 0) + 300);
    } finally {
      await ended(busy);
      await quota.close();
    }
  }

  async function untilUsed(pid: number, cpuMs: number): Promise<void> {
    const deadlineMs = Date.now() + 90_000;
    while ((cpuMsOf(pid) ?? 0) < cpuMs) {
      assert.ok(
        Date.now() < deadlineMs,
        `the process has used ${cpuMsOf(pid) ?? 0} of ${cpuMs} ms`,
      );
      await delay(20);
    }
  }

  async function shareOf(pid: number): Promise<number> {
    const [startMs, before] = [performance.now(), cpuMsOf(pid) ?? 0];
    await delay(1_500);
    return ((cpuMsOf(pid) ?? 0) - before) / (performance.now() - startMs);
  }

  async function ended(child: ChildProcess): Promise<void> {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
});
