import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, afterEach, describe, it } from 'node:test';
import { TopicError } from '../../src/broker/errors.js';
import { createPipelineTopics } from '../../src/broker/topics.js';
import { ControlError } from '../../src/control/errors.js';
import { fetchCard, fetchModel, publishCard, publishModel } from '../../src/control/model-store.js';
import { activatePlan, findPlan, readPlans } from '../../src/control/plan-store.js';
import { writeAsForeigner } from './foreign-producer.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { PipelineUnderTest } from './pipeline-under-test.js';
import { drive } from './small-city.js';
import { assertSound } from './sound.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('the control topics', () => {
  let fixture: KafkaFixture;
  let pipeline: PipelineUnderTest;

  before(async () => {
    fixture = await startKafka();
  });
  after(() => fixture.stop());

  beforeEach(async () => {
    pipeline = await PipelineUnderTest.connect(fixture);
  });
  afterEach(() => pipeline.stop());

  describe('for models', () => {
    let digest: string;
    /** Large enough for several chunks. */
    const weights = Buffer.from(Array.from({ length: 1_300_000 }, (_, at) => (at * at) % 251));
    const files = new Map([
      ['model.json', Buffer.from('{}')],
      ['weights.bin', weights],
    ]);

    beforeEach(async () => {
      await createPipelineTopics(pipeline.admin, pipeline.name, 1);
      digest = await publishModel(pipeline, pipeline.topics.models, 'test', files);
    });

    const fetched = () => fetchModel(pipeline.laneLog, pipeline.topics.models, digest);
    const firstChunk = weights.subarray(0, 512 * 1024);
    /** Writes to the place of the weights' first chunk. */
    const overwrite = (value: Buffer | null) =>
      writeAsForeigner(pipeline.kafka, pipeline.topics.models, {
        key: `chunk/${sha256(firstChunk)}`,
        value,
      });

    it('give back a model to the byte', async () => {
      assert.deepEqual(await fetched(), files);
    });

    it('take a model once, however often it is sent', async () => {
      const { end } = await pipeline.laneLog.bounds(pipeline.topics.models);
      assert.equal(await publishModel(pipeline, pipeline.topics.models, 'test', files), digest);
      assert.deepEqual((await pipeline.laneLog.bounds(pipeline.topics.models)).end, end);
    });

    it('give back a model’s card as it was sent last, and none of a model that has none', async () => {
      const { laneLog, topics } = pipeline;
      assert.equal(await fetchCard(laneLog, topics.models, digest), null);
      for (const text of ['{"version":1}', '{"version":2}', '{"version":2}']) {
        await publishCard(pipeline, topics.models, digest, Buffer.from(text));
        assert.equal(String(await fetchCard(laneLog, topics.models, digest)), text);
      }
      assert.equal(await fetchCard(laneLog, topics.models, 'another'), null);
      assert.deepEqual(await fetched(), files, 'the card is no file of the model');
    });

    it('say which chunk of which file is damaged', async () => {
      await overwrite(Buffer.from('something else'));
      await assert.rejects(fetched(), (error: unknown) => {
        assert(error instanceof ControlError);
        assert.match(error.message, /chunk [0-9a-f]{64} of weights\.bin is damaged/);
        return true;
      });
    });

    it('say which chunk of which file is missing, and have it again when the model is sent again', async () => {
      await overwrite(null);
      await assert.rejects(fetched(), (error: unknown) => {
        assert(error instanceof ControlError);
        assert.match(error.message, /chunk [0-9a-f]{64} of weights\.bin is missing/);
        return true;
      });
      await publishModel(pipeline, pipeline.topics.models, 'test', files);
      assert.deepEqual(await fetched(), files);
    });

    it('say of a model that was never sent that it is not there', async () => {
      const other = sha256(Buffer.from('another model'));
      const fetching = fetchModel(pipeline.laneLog, pipeline.topics.models, other);
      await assert.rejects(fetching, new RegExp(`ControlError: The model ${other} is not in`));
    });
  });

  describe('for plans', () => {
    it('give back each plan by its name and the active one without', async () => {
      const first = await pipeline.deploy({});
      const second = { ...first, name: 'p2', cuts: [3, 6, 9], encoding: 'f16' as const };
      const { laneLog, topics, writer } = pipeline;
      await activatePlan(writer, topics.control, second);
      assert.deepEqual(await findPlan(laneLog, topics.control, 'p1'), first);
      assert.deepEqual(await findPlan(laneLog, topics.control, 'p2'), second);
      assert.deepEqual(await findPlan(laneLog, topics.control, undefined), second);
      const unknown = findPlan(laneLog, topics.control, 'p9');
      await assert.rejects(unknown, /ControlError: .* has no plan "p9"; there are: p1, p2/);
    });

    it('name none before the first deployment', async () => {
      await createPipelineTopics(pipeline.admin, pipeline.name, 1);
      const { laneLog, topics } = pipeline;
      await assert.rejects(findPlan(laneLog, topics.control, undefined), ControlError);
    });
  });

  it('keep the plan of a deployment that is run a second time', async () => {
    const plan = await pipeline.deploy({});
    assert.deepEqual(await pipeline.deploy({}), plan);
    const { plans } = await readPlans(pipeline.laneLog, pipeline.topics.control);
    assert.deepEqual([...plans.keys()], [plan.name]);
  });

  it('get a new plan for other cuts, which begins where the one before has predicted to', async () => {
    const old = await pipeline.deploy({});
    assert.deepEqual(old.startOffsets, [0, 0, 0]);
    await pipeline.startAll();
    const taxis = ['taxi-1', 'taxi-2', 'taxi-3', 'taxi-4', 'taxi-5', 'taxi-6'];
    await pipeline.send(drive(taxis, { from: 0, to: 20 }));
    await pipeline.untilPredicted();
    const { end } = await pipeline.laneLog.bounds(pipeline.topics.fixes);
    await pipeline.stopWorkers('windower-0', 'stage-1-0', 'stage-2-0', 'sink-0');
    const before = await pipeline.predictions();
    await pipeline.send(drive(taxis, { from: 20, to: 40 }));

    const plan = await pipeline.deploy({ cuts: [7, 14] });
    assert.equal(plan.name, 'p2');
    assert.deepEqual(plan.startOffsets, end);
    await pipeline.startAll();
    await pipeline.untilPredicted();
    assertSound(await pipeline.verdict());
    const all = (await pipeline.predictions()).map(({ lane, offset }) => `${lane}/${offset}`);
    assert.equal(new Set(all).size, all.length, 'no fix is predicted by both plans');
    assert(all.length > before.length);
  });

  it('are refused where the topics have another number of lanes, with both numbers', async () => {
    await pipeline.deploy({ lanes: 3 });
    await assert.rejects(pipeline.deploy({ lanes: 4 }), (error: unknown) => {
      assert(error instanceof TopicError);
      assert.match(error.message, /has 3 partitions.* to have 4 lanes/);
      return true;
    });
  });
});
