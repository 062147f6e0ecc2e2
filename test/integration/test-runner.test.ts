import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { TemporaryProject } from '../unit/infra/temporary-project.js';

const passing = `import { it } from 'node:test'; it('passes', () => {});`;
const failing = `import { it } from 'node:test'; it('fails', () => { throw new Error('red'); });`;

describe('infra/test.mjs', () => {
  let project: TemporaryProject;
  beforeEach(() => {
    project = new TemporaryProject();
  });
  afterEach(() => project.remove());

  function addTest(path: string, javaScript: string): void {
    project.write(`test/${path}.test.ts`, '');
    project.write(`dist/test/${path}.test.js`, javaScript);
  }

  it('ends with one summary over all suites named', async () => {
    addTest('unit/a', passing);
    addTest('unit/deep/b', passing);
    addTest('integration/c', passing);
    const { status, text } = await project.run(['infra/test.mjs', 'unit', 'integration']);
    assert.equal(status, 0, text);
    assert.match(text, /^# tests 3$/m);
    assert.match(text, /# pass 3\n(# .*\n)*$/);
  });

  it('fails when a test fails', async () => {
    addTest('unit/a', failing);
    const { status, text } = await project.run(['infra/test.mjs', 'unit']);
    assert.equal(status, 1);
    assert.match(text, /^# fail 1$/m);
  });

  it('goes on after a file that has left a connection open', async () => {
    addTest(
      'unit/a',
      `import { createServer } from 'node:net'; createServer().listen(0); ${passing}`,
    );
    addTest('unit/b', passing);
    const { status, text } = await project.run(['infra/test.mjs', 'unit']);
    assert.equal(status, 0, text);
    assert.match(text, /^# tests 2$/m);
  });

  it('does not pass over a suite without tests', async () => {
    addTest('unit/a', passing);
    const { status, text } = await project.run(['infra/test.mjs', 'unit', 'e2e']);
    assert.equal(status, 2);
    assert.match(text, /No compiled tests in test\/e2e/);
  });

  it('leaves out what was compiled from a file that is gone', async () => {
    addTest('unit/a', passing);
    project.write('dist/test/unit/old.test.js', failing);
    const { status, text } = await project.run(['infra/test.mjs', 'unit']);
    assert.equal(status, 0, text);
    assert.match(text, /^# tests 1$/m);
  });
});
