import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BrokerError } from '../../src/broker/errors.js';
import { FencedWriter } from '../../src/broker/fenced-writer.js';
import { LaneFollower } from '../../src/broker/lane-follower.js';
import { decodePrediction } from '../../src/wire/prediction.js';
import { eventually } from './eventually.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { PipelineUnderTest } from './pipeline-under-test.js';
import { scoredPairs } from './scored-pairs.js';
import { drive } from './small-city.js';
import { assertSound } from './sound.js';
import { laneContents } from './topic-contents.js';

const taxis = Array.from({ length: 12 }, (_, number) => `taxi-${number}`);

/** What the sink of a pipeline takes a lane over with. */
function laneOptions(pipeline: PipelineUnderTest, lane: number) {
  const transactionalId = `${pipeline.name}.${pipeline.plan.name}.sink.${lane}`;
  return { transactionalId, topic: pipeline.topics.predictions, lane };
}

/** Reads committed predictions as they come, as `lane/offset`. */
async function followPredictions(pipeline: PipelineUnderTest): Promise<{
  readonly seen: string[];
  readonly follower: LaneFollower;
}> {
  const seen: string[] = [];
  const follower = await LaneFollower.start(
    pipeline.kafka,
    {
      topic: pipeline.topics.predictions,
      from: pipeline.plan.startOffsets.map(() => 0),
      committedOnly: true,
      onRecords: (records) => {
        for (const { lane, value } of records) {
          if (value !== null) seen.push(`${lane}/${decodePrediction(value).offset}`);
        }
      },
      onError: (error) => assert.ifError(error),
    },
    pipeline.log,
  );
  return { seen, follower };
}

describe('a sink', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
  });
  after(() => fixture.stop());

  it('that is replaced while it works shows a reader each prediction once', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture);
    t.after(() => pipeline.stop());
    const { seen, follower } = await followPredictions(pipeline);
    t.after(() => follower.stop());
    await pipeline.startAll();
    for (let round = 0; round < 4; round += 1) {
      const before = seen.length;
      await pipeline.send(drive(taxis, { from: 20 * round, to: 20 * (round + 1) }));
      await eventually(
        'the sink has begun with these fixes',
        () => seen.length,
        (count) => count > before,
      );
      if (round % 2 === 0) {
        await pipeline.startSink(`sink-${round + 1}`);
        await pipeline.stopWorkers(`sink-${round}`);
      } else {
        await pipeline.stopWorkers(`sink-${round}`);
        await pipeline.startSink(`sink-${round + 1}`);
      }
    }
    await pipeline.untilPredicted();
    const predictions = await pipeline.predictions();
    await eventually(
      'the reader has seen all',
      () => seen.length,
      (count) => count >= predictions.length,
    );
    assert.equal(new Set(seen).size, seen.length, 'none is seen twice');
    assertSound(await pipeline.verdict());
  });

  it('reports what came true of its predictions, as their readers find it', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture);
    t.after(() => pipeline.stop());
    await pipeline.startAll();
    await pipeline.send(drive(taxis, { from: 0, to: 60 }));
    await pipeline.untilPredicted();
    await pipeline.stopWorkers('sink-0');
    const owed = scoredPairs(await pipeline.predictions());
    assert.ok(owed.scored > 200 && owed.top5 > 0, JSON.stringify(owed));
    const { quality = [] } = (await pipeline.reports()).get('sink-0') ?? {};
    assert.deepEqual(
      quality.map(({ windowMs }) => windowMs),
      [300_000, 3_600_000, 0],
    );
    // All of it was within the last five minutes.
    for (const { scored, top1, top3, top5, reliability, errors } of quality) {
      assert.deepEqual({ scored, top1, top3, top5 }, owed);
      assert.equal(
        reliability.reduce((sum, bin) => sum + bin.hits, 0),
        owed.top1,
      );
      assert.ok(errors.some(({ metres }) => metres > 0));
    }
  });

  it('that is replaced scores no prediction twice', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture);
    t.after(() => pipeline.stop());
    await pipeline.startAll();
    for (const [round, sinks] of [
      ['sink-0', 'sink-1'] as const,
      ['sink-1', 'sink-2'] as const,
    ].entries()) {
      await pipeline.send(drive(taxis, { from: 20 * round, to: 20 * (round + 1) }));
      await pipeline.startSink(sinks[1]);
      await pipeline.stopWorkers(sinks[0]);
    }
    await pipeline.untilPredicted();
    await pipeline.stopWorkers('sink-2');
    const owed = scoredPairs(await pipeline.predictions());
    const told = [...(await pipeline.reports()).values()].flatMap(({ quality }) =>
      quality.filter(({ windowMs }) => windowMs === 0),
    );
    const sum = (hits: readonly number[]): number => hits.reduce((all, one) => all + one, 0);
    const scored = sum(told.map((window) => window.scored));
    assert.ok(scored > 0 && scored <= owed.scored, `${scored} of ${owed.scored}`);
    assert.ok(sum(told.map(({ top1 }) => top1)) <= owed.top1);
  });

  it('that is fenced in the middle of its work takes its lanes up where their predictions end', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture);
    t.after(() => pipeline.stop());
    await pipeline.startAll();
    const other = await FencedWriter.connect(pipeline.kafka, pipeline.log);
    t.after(() => other.close());
    for (let round = 0; round < 3; round += 1) {
      const before = await pipeline.predictedTo();
      await pipeline.send(drive(taxis, { from: 20 * round, to: 20 * (round + 1) }));
      await eventually(
        'the sink has begun with these fixes',
        () => pipeline.predictedTo(),
        (reached) => reached.some((offset, lane) => offset > (before[lane] ?? 0)),
      );
      // A successor takes every lane and does nothing with it.
      for (let lane = 0; lane < pipeline.plan.lanes; lane += 1) {
        await other.takeOver(laneOptions(pipeline, lane));
      }
    }
    await pipeline.untilPredicted();
    assertSound(await pipeline.verdict());
  });

  it('goes on behind the last prediction, however many have taken its lane over since', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture, { lanes: 1 });
    t.after(() => pipeline.stop());
    await pipeline.startAll();
    await pipeline.send(drive(taxis, { from: 0, to: 20 }));
    await pipeline.untilPredicted();
    await pipeline.stopWorkers('sink-0');
    const other = await FencedWriter.connect(pipeline.kafka, pipeline.log);
    t.after(() => other.close());
    for (let count = 0; count < 80; count += 1) await other.takeOver(laneOptions(pipeline, 0));
    // As if what it committed last had not been taken in.
    await pipeline.admin.deleteGroups([`${pipeline.name}.${pipeline.plan.name}.sink`]);
    await pipeline.startSink('sink-1');
    await pipeline.send(drive(taxis, { from: 20, to: 40 }));
    await pipeline.untilPredicted();
    assertSound(await pipeline.verdict());
  });

  it('can write nothing any more when another one has taken its lane', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture, { lanes: 1 });
    t.after(() => pipeline.stop());
    const { kafka, laneLog, log, topics } = pipeline;
    const options = laneOptions(pipeline, 0);
    const topic = topics.predictions;
    const record = (text: string) => ({ key: 'taxi-1', value: Buffer.from(text) });
    const open = async () => {
      const writer = await FencedWriter.connect(kafka, log);
      t.after(() => writer.close());
      return writer.takeOver(options);
    };
    const zombie = await open();
    await zombie.send(topic, 0, [record('before')]);
    const successor = await open();
    await assert.rejects(zombie.send(topic, 0, [record('too late')]), BrokerError);
    await successor.send(topic, 0, [record('after')]);
    await assert.rejects(zombie.send(topic, 0, [record('far too late')]), BrokerError);
    for (const committedOnly of [true, false]) {
      const seen = await laneContents(laneLog, 0, { topic, committedOnly });
      assert.deepEqual(
        seen.map(({ value }) => String(value)),
        ['before', 'after'],
      );
    }
  });
});
