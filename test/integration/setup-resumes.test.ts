import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { TemporaryProject } from '../unit/infra/temporary-project.js';

/**
 * An npm that installs, instead of the packages, the least that set-up asks of them; but only when
 * the file "may-end" is there: until then it hangs, as if the network did. It notes every start.
 */
const npm = `
  fs.appendFileSync('npm-starts', process.pid + '\\n');
  fs.rmSync('node_modules', { recursive: true, force: true });
  const tfjs = 'node_modules/@tensorflow/tfjs-node';
  fs.mkdirSync(tfjs, { recursive: true });
  while (!fs.existsSync('may-end')) await new Promise((resolve) => setTimeout(resolve, 10));
  fs.writeFileSync(tfjs + '/package.json', '{"binary": {"napi_versions": [8]}}');
  fs.writeFileSync(tfjs + '/index.js', 'exports.matMul = () => ({ dataSync: () => [11] });');
  fs.mkdirSync('node_modules/typescript/bin', { recursive: true });
  fs.writeFileSync(
    'node_modules/typescript/bin/tsc',
    "const fs = require('node:fs'); fs.mkdirSync('dist/src', { recursive: true });",
  );
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
`;

/** Where set-up keeps the native part of TensorFlow; it is there already in these tests. */
const native = `.stagecoach/native/tensorflow-2.18.1-${process.platform}-${process.arch}`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody has waited for has ended, too.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('set-up that is interrupted', () => {
  const environment = { KAFKA_BROKERS: 'kafka1:9092' };
  let project: TemporaryProject;

  beforeEach(() => {
    project = new TemporaryProject();
    project.addProgram('npm', npm);
    project.write(`${native}/tfjs_binding.node`, '');
    project.write(`${native}/deps/lib/libtensorflow.so`, '');
  });
  afterEach(() => project.remove());

  function npmStarts(): number[] {
    const file = join(project.dir, 'npm-starts');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8').trim().split('\n').map(Number);
  }

  async function interruptWhileNpmRuns(signal: NodeJS.Signals): Promise<void> {
    const setUp = project.start(['infra/setup.mjs'], environment);
    const lock = join(project.dir, '.stagecoach/setup.lock');
    const hasChild = (): boolean =>
      existsSync(lock) && readFileSync(lock, 'utf8').includes('"children":[{');
    while (npmStarts().length === 0 || !hasChild()) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    setUp.kill(signal);
    await once(setUp, 'exit');
  }

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`by ${signal} goes on with the next run, after ending what was left running`, async () => {
      await interruptWhileNpmRuns(signal);
      const [first] = npmStarts();
      assert.ok(first !== undefined);
      const second = project.run(['infra/setup.mjs'], environment);
      while (npmStarts().length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.equal(isAlive(first), false, 'the npm of the interrupted run still runs');
      project.write('may-end', '');
      const { status, text } = await second;
      assert.equal(status, 0, text);
      assert.match(text, /✓ npm packages[^]*✓ compile/);
    });
  }

  it('does nothing, and says nothing, once everything is there', async () => {
    project.write('may-end', '');
    assert.equal((await project.run(['infra/setup.mjs'], environment)).status, 0);
    const again = await project.run(['infra/setup.mjs'], environment);
    assert.deepEqual(again, { status: 0, text: '' });
    assert.equal(npmStarts().length, 1);
  });

  it('installs again, the native part too, when the lock file has changed', async () => {
    project.write('may-end', '');
    await project.run(['infra/setup.mjs'], environment);
    project.write('package-lock.json', '{"packages": {"": {}, "a": {"version": "1.0.0"}}}');
    const { text } = await project.run(['infra/setup.mjs'], environment);
    assert.match(text, /✓ npm packages[^]*✓ native TensorFlow/);
    const addon = 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node';
    assert.equal(existsSync(join(project.dir, addon)), true);
  });

  it('run twice at once installs once', async () => {
    const both = [1, 2].map(() => project.run(['infra/setup.mjs'], environment));
    while (npmStarts().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    project.write('may-end', '');
    const ended = await Promise.all(both);
    assert.deepEqual(
      ended.map(({ status }) => status),
      [0, 0],
    );
    assert.equal(npmStarts().length, 1);
  });
});
