import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { createKafka } from '../../src/broker/kafka-client.js';
import { LaneLog } from '../../src/broker/lane-log.js';
import { pipelineTopics } from '../../src/broker/topics.js';
import { findPlan } from '../../src/control/plan-store.js';
import { createLogger } from '../../src/log.js';
import { loadModelFiles, modelDigest } from '../../src/model/model-files.js';
import { projectDir } from '../../src/project-dir.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import { startKafka, type KafkaFixture } from '../integration/kafka-fixture.js';
import { CommandLine } from './command-line.js';
import { assertSoundSummary, readSummary } from './summary-file.js';

const fixtures = join(projectDir(), 'test', 'e2e', 'fixtures');

describe('a plan file', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
  });
  after(() => fixture.stop());

  /** Writes a plan of the reference model, which has the layers of the fixture's profile. */
  async function plan(line: CommandLine, digest: string, ...args: string[]): Promise<string> {
    const text = await readFile(join(fixtures, 'profile.json'), 'utf8');
    await writeFile(line.file('profile.json'), text.replace(/"0{64}"/, `"${digest}"`));
    const nodes = line.file('nodes.json');
    await writeFile(nodes, JSON.stringify([{ name: 'node', count: 3 }]));
    const inputs = ['--profile', line.file('profile.json'), '--nodes', nodes];
    const { code, stdout, stderr } = await line.run([
      ...['plan', ...inputs, '--json', line.file('plan.json'), ...args],
    ]);
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  }

  const commandLine = (t: TestContext): CommandLine => CommandLine.during(t, fixture.brokers);

  async function activePlan({ pipeline }: CommandLine): Promise<PlanRecord> {
    const client = { brokers: fixture.brokers, clientId: 'test' };
    const laneLog = await LaneLog.connect(createKafka(client, createLogger('test', 'silent')));
    try {
      return await findPlan(laneLog, pipelineTopics(pipeline).control, undefined);
    } finally {
      await laneLog.close();
    }
  }

  it('runs as it is: its cuts, its encoding, and as many workers of each stage', async (t) => {
    const line = commandLine(t);
    const digest = modelDigest(await loadModelFiles(join(projectDir(), 'models', 'daejeon')));
    const applied = await plan(line, digest, '--cuts', '4', '--encoding', 'zstd', '--apply');
    assert.match(
      applied,
      /p1 is the active plan of .*: start its windower, stages 1 to 2 and sink/,
    );
    const file = line.file('summary.json');
    const wanted = ['--predictions', '300', '--json', file];
    const { code, stdout, stderr } = await line.run([
      ...['up', '--plan-file', line.file('plan.json'), ...wanted],
    ]);
    assert.equal(code, 0, stdout + stderr);
    const summary = await readSummary(file);
    assertSoundSummary(summary);
    assert.deepEqual(summary.cuts, [4]);
    assert.equal(summary.plan, 'p1', 'it is the plan that was applied');
    assert.equal((await activePlan(line)).encoding, 'zstd');
    const planned = JSON.parse(await readFile(line.file('plan.json'), 'utf8')) as {
      chosen: { stages: { nodes: string[] }[] };
    };
    const workers = [1, 2].map(
      (stage) =>
        summary.processes.filter((one) => one.role === 'stage' && one.stage === stage).length,
    );
    assert.deepEqual(
      workers,
      planned.chosen.stages.map(({ nodes }) => nodes.length),
    );
    assert(Math.max(...workers) > 1, 'a stage has several workers');
  });

  it('is refused for another model and for other lanes', async (t) => {
    const line = commandLine(t);
    await plan(line, 'f'.repeat(64));
    const up = ['up', '--plan-file', line.file('plan.json')];
    const other = await line.run(up);
    assert.equal(other.code, 1);
    assert.match(other.stderr, /was made for the model ffffffffffff, and this one is/);
    const digest = modelDigest(await loadModelFiles(join(projectDir(), 'models', 'daejeon')));
    await plan(line, digest);
    const lanes = await line.run([...up, '--lanes', '4']);
    assert.equal(lanes.code, 1);
    assert.match(lanes.stderr, /made for 3 lanes, and the pipeline has 4/);
  });
});
