import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Supervisor } from '../../../src/control/supervisor.js';

const dir = mkdtempSync(join(tmpdir(), 'stagecoach-supervisor-'));
after(() => rmSync(dir, { recursive: true, force: true }));

/** A program that appends its process id to a file, and then does what the test wants. */
function program(name: string, body: string): { main: string; started: string } {
  const started = join(dir, `${name}.started`);
  const main = join(dir, `${name}.cjs`);
  const first = `require('fs').appendFileSync(${JSON.stringify(started)}, process.pid + '\\n');`;
  writeFileSync(main, `${first}\n${body}`);
  writeFileSync(started, '');
  return { main, started };
}

function pids(file: string): number[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
}

async function until(condition: () => boolean, state: () => unknown): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!condition()) {
    if (Date.now() > deadline) assert.fail(`gave up waiting: ${JSON.stringify(state())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a supervisor', () => {
  it('reports a process that was killed, and starts it again', async () => {
    const { main, started } = program('killed', 'setInterval(() => {}, 1000);');
    const notices: string[] = [];
    const supervisor = new Supervisor({
      main,
      environment: {},
      logDir: join(dir, 'logs'),
      onNotice: (notice) => notices.push(notice),
    });
    supervisor.start({ name: 'worker', args: [], endsByItself: false });
    await until(
      () => pids(started).length === 1,
      () => pids(started),
    );
    const [first = 0] = pids(started);
    process.kill(first, 'SIGKILL');
    await until(
      () => pids(started).length === 2,
      () => ({ pids: pids(started), notices }),
    );
    assert.deepEqual(notices, [`worker (pid ${first}) died with SIGKILL, restarted`]);
    assert.equal(supervisor.restarts, 1);
    await supervisor.stopAll();
    for (const pid of pids(started)) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  it('passes on what a process says before it ends with an error', async () => {
    const { main, started } = program(
      'failing',
      `process.send({ notice: 'no such plan' }, () => process.exit(3));`,
    );
    const notices: string[] = [];
    const supervisor = new Supervisor({
      main,
      environment: {},
      logDir: join(dir, 'logs'),
      onNotice: (notice) => notices.push(notice),
    });
    supervisor.start({ name: 'stage-1-0', args: [], endsByItself: true });
    await until(
      () => notices.length >= 2,
      () => notices,
    );
    const [pid = 0] = pids(started);
    assert.deepEqual(notices.slice(0, 2), [
      'stage-1-0: no such plan',
      `stage-1-0 (pid ${pid}) ended with exit code 3, restarted`,
    ]);
    await supervisor.stopAll();
  });

  it('lets a process that ends by itself end', async () => {
    const { main, started } = program('ending', 'process.exit(0);');
    const supervisor = new Supervisor({
      main,
      environment: {},
      logDir: join(dir, 'logs'),
      onNotice: (notice) => assert.fail(notice),
    });
    supervisor.start({ name: 'fleet', args: [], endsByItself: true });
    await supervisor.ended('fleet');
    assert.equal(pids(started).length, 1);
    assert.equal(supervisor.restarts, 0);
  });
});
