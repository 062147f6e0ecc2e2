import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it, type TestContext } from 'node:test';
import { publishOffer } from '../../src/control/offer-store.js';
import { modelDigest } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import type { Profile } from '../../src/partition/profile.js';
import type { NodeOffer } from '../../src/wire/node-offer.js';
import type { PlanForecast } from '../../src/wire/partition-plan.js';
import { eventually } from '../integration/eventually.js';
import { startKafka, type KafkaFixture } from '../integration/kafka-fixture.js';
import { PipelineUnderTest } from '../integration/pipeline-under-test.js';
import { feed } from '../integration/steady-feed.js';
import { CommandLine } from './command-line.js';

const taxis = Array.from({ length: 24 }, (_, number) => `taxi-${number}`);
/** Enough that batches are full. */
const maxBacklog = 4_000;
/** Faster than any machine: a hundred nanoseconds an item. */
const promisedMs = 1e-4;

const promises: PlanForecast = {
  stages: ['here', 'there'].map((node) => ({
    ...{ nodes: [node], replicas: 1, computeMs: promisedMs, hopMs: 0.001, itemsPerS: 900_000 },
  })),
  predictedItemsPerS: 900_000,
  predictedLatencyMs: 1,
};

/** A profile of the pipeline's model, as fast as its plan promises: all layers alike. */
function profileOf({ model }: PipelineUnderTest, name: string): Profile {
  const layers = describeLayers(model).map((layer) => ({
    ...({
      name: layer.name,
      className: layer.className,
      route: 'native',
      weightsBytes: 1_000,
    } as const),
    workingBytes: 100,
    times: [{ batch: 64, ms: { median: (64 * promisedMs) / 11, spread: 0 } }],
  }));
  return {
    ...{ version: 1, modelDigest: modelDigest(model), measuredAtMs: 0 },
    node: {
      ...{ name, cores: 1, memoryBytes: 1e9, speed: 1 },
      ...{ uploadBytesPerS: 1e10, downloadBytesPerS: 1e10, roundTripMs: 1 },
    },
    layers,
    calls: [{ batch: 64, ms: 0 }],
    ...{
      rangeErrors: [],
      hopErrors: [],
      link: null,
      restSlowdown: 1,
      recordItems: 64,
      processBytes: 1e8,
    },
    cuts: [...layers, null].map(() => ({ raw: 100 })),
    hops: [
      { encoding: 'raw', recordMs: 0.01, itemMs: 0.001, decodeNsPerByte: 0, encodeNsPerByte: 0 },
    ],
  };
}

function offerOf(profile: Profile): NodeOffer {
  const { node, modelDigest, measuredAtMs } = profile;
  const { name, cores, memoryBytes, speed, roundTripMs } = node;
  const { uploadBytesPerS, downloadBytesPerS } = node;
  return {
    ...{ node: name, cores, memoryBytes, speed, uploadBytesPerS, downloadBytesPerS, roundTripMs },
    ...{ modelDigest, measuredAtMs, profile: JSON.stringify(profile) },
  };
}

describe('stagecoach status', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
  });
  after(() => fixture.stop());

  const commandLine = (t: TestContext): CommandLine => CommandLine.during(t, fixture.brokers);

  it('says that nothing runs where nothing does', async (t) => {
    const line = commandLine(t);
    const pipeline = await PipelineUnderTest.start(fixture);
    t.after(() => pipeline.stop());
    const { code, stdout } = await line.run(['status', '--pipeline', pipeline.name]);
    assert.equal(code, 1);
    assert.match(stdout, /No worker of the plan p1 of .* has been heard of lately: nothing runs/);
    const unknown = await line.run(['status']);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /"stagecoach up" makes/);
  });

  it('says of a plan that promises too much how much slower each stage is, and what would help', async (t) => {
    const line = commandLine(t);
    const pipeline = await PipelineUnderTest.start(fixture, { forecast: promises });
    t.after(() => pipeline.stop());
    const { writer, topics } = pipeline;
    await pipeline.startAll();
    const end = new AbortController();
    const feeding = feed(pipeline, taxis, maxBacklog, end.signal);
    const file = line.file('status.json');
    const look = async (): Promise<string> => {
      const wanted = ['status', '--pipeline', pipeline.name, '--json', file];
      const { code, stdout, stderr } = await line.run(wanted);
      assert.equal(code, 0, stdout + stderr);
      return stdout.replace(/\s+/g, ' ');
    };
    const slower = /! stage (\d) is (\d+\.\d)x slower than planned; with a profile/g;
    try {
      const told = await eventually(
        'both stages are slower than planned',
        look,
        (text) => [...text.matchAll(slower)].length === 2,
      );
      assert.match(told, /predicted: 900,000 items\/s/);
      for (const [, stage, ratio] of told.matchAll(slower)) {
        assert(Number(ratio) > 1.25, `stage ${stage} is ${ratio} times as slow`);
      }
      for (const node of ['here', 'there']) {
        const profile = profileOf(pipeline, node);
        await publishOffer(writer, topics.control, offerOf(profile));
      }
      await eventually('advice', look, (text) =>
        /slower than planned; (`stagecoach plan --measured` suggests|no other cut helps)/.test(
          text,
        ),
      );
      const planned = await eventually(
        'a plan by what was measured',
        () => line.run(['plan', '--measured', '--pipeline', pipeline.name]),
        ({ code }) => code === 0,
      );
      assert.match(planned.stdout, /^ Chosen: /m);
    } finally {
      end.abort();
      await feeding;
    }
    const written = JSON.parse(await readFile(file, 'utf8')) as {
      readonly progress: readonly unknown[];
      readonly quality: { readonly lastHour: { readonly scored: number } };
    };
    assert.equal(written.progress.length, 2);
    assert.ok(written.quality.lastHour.scored > 0, 'predictions have come true, or not');
    assert(
      pipeline.notices.some((notice) => /stage-1-0: .* slower than planned/.test(notice)),
      pipeline.notices.join('\n'),
    );
  });
});
