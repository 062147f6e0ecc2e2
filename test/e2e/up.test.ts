import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { WorkerReport } from '../../src/wire/worker-report.js';
import { eventually } from '../integration/eventually.js';
import { startKafka, type KafkaFixture } from '../integration/kafka-fixture.js';
import { scoredPairs } from '../integration/scored-pairs.js';
import { CommandLine } from './command-line.js';
import { assertSoundSummary, readSummary } from './summary-file.js';
import { WatchedPipeline } from './watched-pipeline.js';

const everyPredictionIsThere = (count: string) =>
  new RegExp(`Every one of the ${count} predictions is there once, in order, and bit for bit`);

describe('stagecoach up', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
  });
  after(() => fixture.stop());

  const commandLine = (t: TestContext): CommandLine => CommandLine.during(t, fixture.brokers);

  async function watched(t: TestContext, { pipeline }: CommandLine): Promise<WatchedPipeline> {
    const pipelineSeen = await WatchedPipeline.connect(fixture.brokers, pipeline);
    t.after(() => pipelineSeen.close());
    return pipelineSeen;
  }

  it('predicts what it was asked for and shows that nothing is wrong, in one plan or the next', async (t) => {
    const line = commandLine(t);
    const plans: string[] = [];
    const scores = { scored: 0, top1: 0 };
    for (const stages of [2, 2, 1]) {
      const file = line.file('summary.json');
      const wanted = ['--predictions', '300', '--stages', String(stages), '--json', file];
      const { code, stdout, stderr } = await line.run(['up', ...wanted]);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, everyPredictionIsThere('300'));
      const summary = await readSummary(file);
      assert.equal(summary.predictions, 300);
      assert.equal(summary.deadLetters, 0);
      assert.equal(summary.restarts, 0);
      assertSoundSummary(summary);
      const rows = summary.stages.map(({ role, stage }) => `${role} ${stage}`);
      const all = Array.from({ length: stages }, (_, number) => `stage ${number + 1}`);
      assert.deepEqual(rows, ['feed 0', 'windower 0', ...all, 'sink 0']);
      for (const { role, items } of summary.stages) if (role !== 'feed') assert.equal(items, 300);
      assert.match(stdout, /by its card top-1 \d\d\.\d % \(\d\d\.\d \.\.\. \d\d\.\d\)/);
      scores.scored += summary.scored;
      scores.top1 += summary.top1Hits;
      plans.push(summary.plan);
    }
    assert.deepEqual(plans, ['p1', 'p1', 'p2'], 'other cuts make another plan');
    const pipeline = await watched(t, line);
    const predictions = await pipeline.predictions();
    assert.equal(predictions.length, 900);
    const { scored, top1 } = scoredPairs(predictions);
    assert.deepEqual(scores, { scored, top1 }, 'each run has vehicles of its own');
    const verified = await line.run(['verify', '--plan', 'p1']);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    assert.match(verified.stdout, everyPredictionIsThere('600'));
  });

  it('drains at Ctrl-C and prints the summary of what it has done', async (t) => {
    const line = commandLine(t);
    const pipeline = await watched(t, line);
    const file = line.file('summary.json');
    const up = line.start(['up', '--stages', '1', '--rate', '400', '--json', file]);
    await up.until(
      'there are predictions',
      () => predictionsOf(pipeline),
      (count) => count > 100,
    );
    up.kill('SIGINT');
    const { code, stdout, stderr } = await up.finished;
    assert.equal(code, 0, stdout + stderr);
    const summary = await readSummary(file);
    assert(summary.predictions > 0);
    assertSoundSummary(summary);
    assert.match(stdout, everyPredictionIsThere(summary.predictions.toLocaleString('en')));
    assert.equal((await pipeline.predictions()).length, summary.predictions);
  });

  it('starts a killed worker of each kind again, says so, and loses, repeats and reorders nothing', async (t) => {
    const line = commandLine(t);
    const pipeline = await watched(t, line);
    const file = line.file('summary.json');
    const wanted = ['--predictions', '1000', '--rate', '300', '--stages', '3', '--json', file];
    const up = line.start(['up', ...wanted]);
    await up.until(
      'there are predictions',
      () => predictionsOf(pipeline),
      (count) => count > 100,
    );
    const reports = await pipeline.reports();
    for (const name of ['windower-0', 'stage-2-0', 'sink-0']) {
      const pid = reports.get(name)?.pid;
      assert(pid !== undefined, `${name} has reported`);
      process.kill(pid, 'SIGKILL');
      await up.until(
        'it is told of',
        () => up.stdout,
        (text) => text.includes(`${name} (pid ${pid}) died with SIGKILL, restarted`),
      );
    }
    const { code, stdout, stderr } = await up.finished;
    assert.equal(code, 0, stdout + stderr);
    const summary = await readSummary(file);
    assert.equal(summary.predictions, 1000);
    assert.equal(summary.restarts, 3);
    assertSoundSummary(summary);
  });

  it('leaves no worker behind when it is killed itself', async (t) => {
    const line = commandLine(t);
    const pipeline = await watched(t, line);
    const up = line.start(['up', '--stages', '1', '--no-fleet']);
    const reports = await up.until(
      'the workers have reported',
      () => pipeline.reports().catch(() => new Map<string, WorkerReport>()),
      ({ size }) => size === 3,
    );
    up.kill('SIGKILL');
    await up.finished;
    await eventually(
      'the workers have ended',
      () => [...reports.values()].map(({ pid }) => pid).filter(isThere),
      (left) => left.length === 0,
    );
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Records of the predictions topic up to now, of a pipeline that may not have its topics yet. */
async function predictionsOf(pipeline: WatchedPipeline): Promise<number> {
  return pipeline.predictionsEnd().catch(() => 0);
}
