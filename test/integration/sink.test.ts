import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { committedProgress } from '../../src/broker/committed.js';
import { BrokerError } from '../../src/broker/errors.js';
import { LaneFollower } from '../../src/broker/lane-follower.js';
import { LaneTransactions } from '../../src/broker/lane-transactions.js';
import { scoresTopic } from '../../src/broker/topics.js';
import { decodePrediction } from '../../src/wire/prediction.js';
import { eventually } from './eventually.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { PipelineUnderTest } from './pipeline-under-test.js';
import { drive } from './small-city.js';
import { assertSound } from './sound.js';
import { laneContents } from './topic-contents.js';

const taxis = Array.from({ length: 12 }, (_, number) => `taxi-${number}`);

/** What the sink of a pipeline opens a lane with. */
function laneOptions(pipeline: PipelineUnderTest, lane: number) {
  const group = `${pipeline.name}.${pipeline.plan.name}.sink`;
  return {
    transactionalId: `${group}.${lane}`,
    lane,
    outputTopic: pipeline.topics.predictions,
    groupId: group,
    inputTopic: scoresTopic(pipeline.name, pipeline.plan.name),
  };
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

  it('that is fenced in the middle of its work takes its lanes up where they were committed', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture);
    t.after(() => pipeline.stop());
    await pipeline.startAll();
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
        const options = laneOptions(pipeline, lane);
        const successor = await LaneTransactions.open(pipeline.client, options, pipeline.log);
        await successor.close();
      }
    }
    await pipeline.untilPredicted();
    assertSound(await pipeline.verdict());
  });

  it('can commit nothing any more when another one has taken its lane', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture, { lanes: 1 });
    t.after(() => pipeline.stop());
    const options = laneOptions(pipeline, 0);
    const record = (text: string) => ({ key: 'taxi-1', value: Buffer.from(text) });
    const open = async () => {
      const transactions = await LaneTransactions.open(pipeline.client, options, pipeline.log);
      t.after(() => transactions.close());
      return transactions;
    };
    const zombie = await open();
    await zombie.commit([record('before')], { nextOffset: 1, coveredTo: 10 });
    const successor = await open();
    const late = zombie.commit([record('too late')], { nextOffset: 2, coveredTo: 20 });
    await assert.rejects(late, BrokerError);
    const group = options.groupId;
    const { admin, laneLog, topics } = pipeline;
    const committed = () => committedProgress(admin, group, options.inputTopic);
    assert.deepEqual((await committed()).get(0), { nextOffset: 1, coveredTo: 10 });
    await successor.commit([record('after')], { nextOffset: 3, coveredTo: 30 });
    const topic = topics.predictions;
    const seen = await laneContents(laneLog, 0, { topic, committedOnly: true });
    assert.deepEqual(
      seen.map(({ value }) => String(value)),
      ['before', 'after'],
    );
    assert.deepEqual((await committed()).get(0), { nextOffset: 3, coveredTo: 30 });
  });
});
