import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { nodeLimits, type NodeLimits } from '../../src/node-limits.js';

// The files are laid out as the kernel's documentation of control groups says.
describe('what a process may use of its machine', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'stagecoach-groups-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function limits(ownGroups: string, files: Readonly<Record<string, string>>): NodeLimits {
    for (const [file, text] of Object.entries({ own: ownGroups, ...files })) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), `${text}\n`);
    }
    return nodeLimits({ mount: root, ownGroups: join(root, 'own') });
  }

  it('is the quota and the memory limit of its control group, version 2', () => {
    const found = limits('0::/jobs/one', {
      'jobs/one/cpu.max': '20000 100000',
      'jobs/one/memory.max': '268435456',
    });
    assert.deepEqual(found, { cores: 0.2, memoryBytes: 268_435_456 });
  });

  it('is the same of version 1', () => {
    const found = limits('4:memory:/jobs\n3:cpu,cpuacct:/jobs\n1:name=systemd:/', {
      'cpu/jobs/cpu.cfs_quota_us': '50000',
      'cpu/jobs/cpu.cfs_period_us': '100000',
      'memory/jobs/memory.limit_in_bytes': '134217728',
    });
    assert.deepEqual(found, { cores: 0.5, memoryBytes: 134_217_728 });
  });

  it('is the smallest limit of the groups that a group is part of', () => {
    const found = limits('0::/outer/middle/inner', {
      'outer/cpu.max': '30000 100000',
      'outer/middle/cpu.max': '80000 100000',
      'outer/middle/inner/cpu.max': 'max 100000',
      'outer/memory.max': '500000000',
      'outer/middle/memory.max': '400000000',
      'outer/middle/inner/memory.max': 'max',
    });
    assert.deepEqual(found, { cores: 0.3, memoryBytes: 400_000_000 });
  });

  it('is that of the container whose own path is not to be seen in it', () => {
    const found = limits('0::/docker/0123abc', { 'cpu.max': '25000 50000', 'memory.max': 'max' });
    assert.deepEqual(found, { cores: 0.5, memoryBytes: totalmem() });
  });

  it('is the whole machine where nothing is limited, or there are no control groups', () => {
    const machine = { cores: availableParallelism(), memoryBytes: totalmem() };
    const unlimited = limits('3:cpu:/\n4:memory:/', {
      'cpu/cpu.cfs_quota_us': '-1',
      'cpu/cpu.cfs_period_us': '100000',
      'memory/memory.limit_in_bytes': '9223372036854771712',
    });
    assert.deepEqual(unlimited, machine);
    assert.deepEqual(nodeLimits({ mount: join(root, 'no'), ownGroups: join(root, 'no') }), machine);
  });
});
