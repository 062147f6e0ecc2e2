/** The parts of a stage's work, each by itself, in a process of its own. */
import type { ClientOptions } from '../../src/broker/kafka-client.js';
import { createKafka } from '../../src/broker/kafka-client.js';
import { LaneLog } from '../../src/broker/lane-log.js';
import { LaneWriter } from '../../src/broker/lane-writer.js';
import { createLogger } from '../../src/log.js';
import { StageLogic } from '../../src/stage/stage-logic.js';
import {
  decodeTensorBatch,
  encodeTensorBatch,
  type Encoding,
} from '../../src/wire/tensor-batch.js';
import { ready } from '../../src/wire/zstd.js';
import { copyModel } from '../process/copy-model.js';
import { cpuMs, serve } from '../process/serve.js';

/** Which records, and what the stage does with them. */
export interface SectionJob {
  readonly client: ClientOptions;
  /** Holds records of activations. */
  readonly topic: string;
  readonly lane: number;
  /** What is sent goes there. */
  readonly outputTopic: string;
  readonly itemShape: readonly number[];
  readonly encoding: Encoding;
  /** Processor time for each part, at least. Milliseconds. */
  readonly measureMs: number;
}

/** Processor time for one record. Milliseconds. */
export interface Sections {
  readonly fetchMs: number;
  readonly decodeMs: number;
  /** Merging records to one batch and splitting its output. */
  readonly batchMs: number;
  readonly encodeMs: number;
  readonly sendMs: number;
}

/** Records that a stage takes together: 128 items. */
const recordsPerRun = 2;

/** Processor time for one record, of work on so many at a time. */
async function perRecordMs(
  records: number,
  measureMs: number,
  work: () => unknown,
): Promise<number> {
  await work();
  globalThis.gc?.();
  const startMs = cpuMs();
  let rounds = 0;
  while (rounds < 2 || cpuMs() - startMs < measureMs) {
    await work();
    rounds += 1;
  }
  // What it leaves behind has to be cleared away too.
  globalThis.gc?.();
  return (cpuMs() - startMs) / rounds / records;
}

/** What it can be asked for. */
const handlers = {
  async measure(job: SectionJob): Promise<Sections> {
    const { topic, lane, encoding, measureMs } = job;
    await ready();
    const log = createLogger('sections', 'error');
    const kafka = createKafka(job.client, log);
    const laneLog = await LaneLog.connect(kafka);
    const writer = await LaneWriter.connect(kafka, log);
    const { begin, end } = await laneLog.bounds(topic);
    const [from, to] = [begin[lane] ?? 0, end[lane] ?? 0];
    const values: Buffer[] = [];
    for await (const { value } of laneLog.read(topic, lane, from, to)) {
      if (value !== null && values.length < recordsPerRun) values.push(Buffer.from(value));
    }
    const fetchMs = await perRecordMs(to - from, measureMs, async () => {
      const read = laneLog.read(topic, lane, from, to);
      while (!((await read.next()).done ?? false));
    });
    const batches = values.map((value) => decodeTensorBatch(value));
    const logic = new StageLogic(1, copyModel(job.itemShape));
    const outputs = logic.run(batches).map(({ output }) => output);
    const records = outputs.map((output) => ({
      key: null,
      value: encodeTensorBatch(output, encoding),
    }));
    const each = (work: () => unknown): Promise<number> =>
      perRecordMs(recordsPerRun, measureMs, work);
    const decodeMs = await each(() => values.map((value) => decodeTensorBatch(value)));
    const batchMs = await each(() => logic.run(batches));
    const encodeMs = await each(() => outputs.map((output) => encodeTensorBatch(output, encoding)));
    const sendMs = await perRecordMs(recordsPerRun, measureMs, () =>
      writer.send(job.outputTopic, lane, records),
    );
    await Promise.all([laneLog.close(), writer.close()]);
    return { fetchMs, decodeMs, batchMs, encodeMs, sendMs };
  },
};

export type SectionHandlers = typeof handlers;

serve(handlers);
