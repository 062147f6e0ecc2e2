import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { TemporaryProject } from './temporary-project.js';

/** Fetches the wheel as set-up does, and prints what became of it. */
const fetchWheel = `
  import { fetchWheel, wheelForThisMachine } from './infra/setup/wheel.mjs';
  try {
    console.log(await fetchWheel(wheelForThisMachine(), () => {}));
  } catch (error) {
    console.log(error.name + ': ' + error.message);
  }
`;

const isSupported = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);

describe('the TensorFlow wheel', { skip: !isSupported }, () => {
  let project: TemporaryProject;
  beforeEach(() => {
    project = new TemporaryProject();
    project.write('fetch.mjs', fetchWheel);
  });
  afterEach(() => project.remove());

  function cached(): string[] {
    return readdirSync(join(project.dir, '.stagecoach/cache')).filter((name) =>
      name.endsWith('.whl'),
    );
  }

  it('is refused, and not kept, when pip brings another file', async () => {
    project.addProgram(
      'python3',
      `const dest = process.argv.find((argument) => argument.startsWith('--dest='));
       if (dest) fs.writeFileSync(dest.slice(7) + '/tensorflow.whl', 'something else');`,
    );
    const digest = createHash('sha256').update('something else').digest('hex');
    const { text } = await project.run(['fetch.mjs']);
    assert.match(
      text,
      new RegExp(`^SetupError: tensorflow.whl has the SHA-256 ${digest} instead of`),
    );
    assert.deepEqual(cached(), []);
  });

  it('is refused when the file given by hand is another', async () => {
    project.write('mine.whl', 'not a wheel');
    const { text } = await project.run(['fetch.mjs'], { STAGECOACH_TENSORFLOW_WHEEL: 'mine.whl' });
    assert.match(text, /^SetupError: .* has the SHA-256 [0-9a-f]{64} instead of [0-9a-f]{64}/);
    assert.deepEqual(cached(), []);
  });

  it("comes with pip's own words when pip fails", async () => {
    project.addProgram(
      'python3',
      `if (process.argv.includes('download')) { console.error('ERROR: no network'); process.exit(1); }`,
    );
    const { text } = await project.run(['fetch.mjs']);
    assert.match(text, /^SetupError: pip could not fetch tensorflow[^]*ERROR: no network/);
  });
});
