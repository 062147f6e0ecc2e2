import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig, namesBrokers, type ConfigSources } from '../../src/config.js';
import { ConfigError } from '../../src/errors.js';

const home = process.cwd();
let dir = '';

/** In an empty working directory: without a file that nobody named. */
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'stagecoach-config-'));
  process.chdir(dir);
});
after(() => {
  process.chdir(home);
  rmSync(dir, { recursive: true });
});

function fileWith(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

/** Sources that say nothing but this. */
function sources(cares: Partial<ConfigSources>): ConfigSources {
  return { environment: {}, flags: {}, projectDir: dir, ...cares };
}

function problemsOf(cares: Partial<ConfigSources>): string[] {
  try {
    loadConfig(sources(cares));
  } catch (thrown) {
    assert.ok(thrown instanceof ConfigError);
    assert.equal(thrown.code, 'CONFIG');
    return thrown.message.split('\n').slice(1);
  }
  return [];
}

describe('the configuration', () => {
  it('is that of the reference job where only the brokers are named', () => {
    const environment = { KAFKA_BROKERS: 'one:9092, two:9093' };
    assert.deepEqual(loadConfig(sources({ environment })), {
      brokers: ['one:9092', 'two:9093'],
      pipeline: 'taxi',
      lanes: 6,
      sessionTimeoutMs: 6_000,
      stallTimeoutMs: 60_000,
      deviationFactor: 1.25,
      logLevel: 'info',
    });
  });

  it('takes flags before the environment, and the environment before the file', () => {
    const settings = { brokers: ['file:1'], pipeline: 'file', lanes: 1, logLevel: 'warn' };
    const file = fileWith('precedence.json', JSON.stringify(settings));
    const environment = {
      KAFKA_BROKERS: 'environment:2',
      STAGECOACH_PIPELINE: 'environment',
      STAGECOACH_LANES: '2',
      // Set to nothing is not set.
      STAGECOACH_LOG_LEVEL: '',
    };
    const flags = { brokers: 'flag:3', lanes: undefined, unrelated: true };
    assert.deepEqual(loadConfig(sources({ file, environment, flags })), {
      brokers: ['flag:3'],
      pipeline: 'environment',
      lanes: 2,
      sessionTimeoutMs: 6_000,
      stallTimeoutMs: 60_000,
      deviationFactor: 1.25,
      logLevel: 'warn',
    });
  });

  it('takes an address for health, of which a flag or the environment can make none', () => {
    const file = fileWith('health.json', '{"brokers": ["one:1"], "healthListen": "[::1]:0"}');
    assert.deepEqual(loadConfig(sources({ file })).healthListen, { host: '::1', port: 0 });
    const flags = { healthListen: 'localhost:9464' };
    const { healthListen } = loadConfig(sources({ file, flags }));
    assert.deepEqual(healthListen, { host: 'localhost', port: 9464 });
    const environment = { STAGECOACH_HEALTH_LISTEN: 'none' };
    assert.equal(loadConfig(sources({ file, environment })).healthListen, undefined);
    for (const wrong of ['9464', ':9464', '::1:9464', 'localhost:99999', 'localhost']) {
      const problems = problemsOf({ file, flags: { healthListen: wrong } });
      assert.match(problems.join(), new RegExp(`^  healthListen: found "${wrong}"; `));
    }
  });

  it('takes the model’s folder relative to its file, or as flag and environment have it', () => {
    const file = fileWith('model.json', '{"brokers": ["one:1"], "model": "models/suva"}');
    assert.equal(loadConfig(sources({ file })).model, join(dir, 'models', 'suva'));
    const environment = { STAGECOACH_MODEL: 'elsewhere/model' };
    assert.equal(loadConfig(sources({ file, environment })).model, 'elsewhere/model');
    const flags = { model: 'third' };
    assert.equal(loadConfig(sources({ file, environment, flags })).model, 'third');
    assert.match(
      problemsOf({ file: fileWith('bad.json', '{"model": 7}') }).join(),
      /model: found 7/,
    );
  });

  it('reads stagecoach.json of the working directory, unless another file is named', () => {
    const path = fileWith('stagecoach.json', '{"brokers": ["found:1"], "lanes": 3}');
    const other = fileWith('other.json', '{"brokers": ["other:1"]}');
    assert.equal(loadConfig(sources({})).lanes, 3);
    assert.equal(loadConfig(sources({ file: other })).lanes, 6);
    rmSync(path);
  });

  it('falls back to the broker that the set-up has started', () => {
    const projectDir = mkdtempSync(join(dir, 'project-'));
    mkdirSync(join(projectDir, '.stagecoach', 'broker'), { recursive: true });
    writeFileSync(join(projectDir, '.stagecoach', 'broker', 'endpoint'), '127.0.0.1:19092\n');
    assert.deepEqual(loadConfig(sources({ projectDir })).brokers, ['127.0.0.1:19092']);
    const flags = { brokers: 'named:9092' };
    assert.deepEqual(loadConfig(sources({ projectDir, flags })).brokers, ['named:9092']);
  });

  it('can not be changed once it is read', () => {
    const config = loadConfig(sources({ flags: { brokers: 'one:9092' } }));
    assert.ok(Object.isFrozen(config));
  });

  it('reports all that is wrong at once, with what was found', () => {
    const file = fileWith('wrong.json', '{"lanes": 0, "lane": 6, "pipeline": "täxi"}');
    const environment = { STAGECOACH_SESSION_TIMEOUT_MS: 'soon' };
    const problems = problemsOf({ file, environment, flags: { logLevel: 'loud' } });
    assert.equal(problems.length, 6);
    for (const said of [
      /No Kafka broker is named .* KAFKA_BROKERS=/,
      /lanes: found 0; /,
      /"lane"/,
      /pipeline: found "täxi"; letters, digits/,
      /sessionTimeoutMs: found "soon"; /,
      /logLevel: found "loud"; /,
    ]) {
      assert.equal(problems.filter((problem) => said.test(problem)).length, 1, String(said));
    }
  });

  for (const brokers of ['localhost', 'localhost:', ':9092', 'one:9092,', 'a b:1', '']) {
    it(`refuses "${brokers}" as the list of brokers`, () => {
      const problems = problemsOf({ flags: { brokers } });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /brokers: found .* host:port/);
    });
  }

  for (const [what, text] of [
    ['is not there', null],
    ['is no JSON', '{brokers'],
    ['holds no object', '["one:9092"]'],
  ] as const) {
    it(`says which file was named where it ${what}`, () => {
      const file = text === null ? join(dir, 'nowhere.json') : fileWith('broken.json', text);
      assert.throws(
        () => loadConfig(sources({ file })),
        (thrown) => thrown instanceof ConfigError && thrown.message.includes(file),
      );
    });
  }
});

describe('whether brokers are named', () => {
  it('is asked of file, environment and flags', () => {
    const file = fileWith('brokers.json', '{"brokers": ["one:9092"]}');
    assert.equal(namesBrokers({ environment: {}, flags: {} }), false);
    assert.equal(namesBrokers({ environment: {}, flags: { brokers: 'one:9092' } }), true);
    assert.equal(namesBrokers({ environment: { KAFKA_BROKERS: 'one:9092' }, flags: {} }), true);
    assert.equal(namesBrokers({ file, environment: {}, flags: {} }), true);
  });
});
