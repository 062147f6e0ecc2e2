import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { TemporaryProject } from '../unit/infra/temporary-project.js';

describe('set-up on a machine that lacks something', () => {
  let project: TemporaryProject;
  beforeEach(() => {
    project = new TemporaryProject();
  });
  afterEach(() => project.remove());

  it('says everything that is missing at once, and starts nothing', async () => {
    const { status, text } = await project.run(['infra/setup.mjs']);
    assert.equal(status, 1);
    assert.match(text, /Found no npm on the PATH/);
    assert.match(text, /Found no C\+\+ compiler .* apt-get install g\+\+/);
    assert.match(text, /Found no Python 3: .* apt-get install python3-pip/);
    assert.match(text, /found no Java, and no Docker\. Install Java 17 or later with Maven/);
    assert.doesNotMatch(text, /npm packages …/);
  });

  it('asks for no Java and no Docker where KAFKA_BROKERS names a cluster', async () => {
    const { text } = await project.run(['infra/setup.mjs'], { KAFKA_BROKERS: 'kafka1:9092' });
    assert.match(text, /Found no npm/);
    assert.doesNotMatch(text, /Java|Docker/);
  });

  it('says which Java it found when that is too old', async () => {
    project.addProgram('java', `console.error('openjdk version "11.0.22" 2024-01-16');`);
    const { text } = await project.run(['infra/setup.mjs']);
    assert.match(text, /found Java 11 \(.*java\), and no Docker/);
  });

  it('asks for Maven where Java is new enough and Docker has no daemon', async () => {
    project.addProgram('java', `console.error('openjdk version "21" 2023-09-19');`);
    project.addProgram('docker', 'process.exit(1);');
    const { text } = await project.run(['infra/setup.mjs']);
    assert.match(
      text,
      /found Java, but no Maven \(mvn\), and Docker, but its daemon does not answer/,
    );
  });

  it('says that Python is there but pip is not', async () => {
    project.addProgram('python3', `process.exit(process.argv.includes('pip') ? 1 : 0);`);
    const { text } = await project.run(['infra/setup.mjs']);
    assert.match(text, /Found Python 3, but without pip/);
  });

  for (const version of ['18.19.0', '20.13.1', '21.7.3', '23.1.0']) {
    it(`refuses Node ${version} in one sentence`, async () => {
      const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
      const { status, text } = await project.run([
        '--import',
        `data:text/javascript,${encodeURIComponent(pretend)}`,
        'infra/setup.mjs',
      ]);
      assert.equal(status, 1);
      assert.match(text, new RegExp(`^Set-up stopped\\. Found Node ${version}; .*20.* or 22`));
      assert.equal(text.trim().split('\n').length, 1);
    });
  }
});
