/**
 * What it costs that a lane of predictions is written once, and by one sink only. Predictions of the
 * usual size are written to lanes of a running broker in three ways: plain sends that all in-sync
 * replicas acknowledge, as the stages write; sends of a lane that was taken over, as the sink
 * writes; and Kafka transactions with the input offset in them, the usual way. Each lane writes one
 * batch after the other, without a pause. The topics are the bench's own and are deleted in the end.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { connected } from '../src/broker/connect.js';
import { FencedWriter } from '../src/broker/fenced-writer.js';
import { createKafka, type Admin, type Kafka, type Producer } from '../src/broker/kafka-client.js';
import { LaneWriter, toMessage, type OutgoingRecord } from '../src/broker/lane-writer.js';
import { createPipelineTopics, pipelineTopics, type PipelineTopics } from '../src/broker/topics.js';
import {
  inTransaction,
  openFencingProducer,
  transactionRetry,
} from '../src/broker/transactional-producer.js';
import { createLogger } from '../src/log.js';
import { encodePrediction } from '../src/wire/prediction.js';
import { runningBrokers } from './broker/running-brokers.js';
import type { Cell, Report } from './report/report.js';

/** Where is written. */
interface Place {
  readonly kafka: Kafka;
  readonly client: { readonly brokers: readonly string[]; readonly clientId: string };
  readonly topics: PipelineTopics;
  readonly groupId: string;
  readonly lanes: number;
}

/** Writes batches of one kind, each lane by itself. */
interface Way {
  /** Resolves when the records are written for good. */
  readonly write: (lane: number, records: readonly OutgoingRecord[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

const log = createLogger('bench', 'warn');
const ways: Readonly<Record<string, (place: Place) => Promise<Way>>> = {
  'plain send': plain,
  fenced,
  transaction: transactional,
};
const laneCounts = [1, 6];
const batchSizes = [1, 8, 64];
const candidates = 5;

/** `npm run bench -- fencing` */
export async function run(isQuick: boolean): Promise<Report> {
  const client = { brokers: await runningBrokers(), clientId: 'stagecoach-bench' };
  const kafka = createKafka(client, log);
  const admin = await connected(kafka.admin());
  const pipeline = `bench-fencing-${process.pid}`;
  const topics = pipelineTopics(pipeline);
  const groupId = `${pipeline}.sink`;
  const rows: Record<string, Cell>[] = [];
  try {
    await createPipelineTopics(admin, pipeline, Math.max(...laneCounts));
    for (const lanes of laneCounts) {
      for (const batch of batchSizes) {
        rows.push(...(await compare({ kafka, client, topics, groupId, lanes }, batch, isQuick)));
      }
    }
  } finally {
    await removeTraces(admin, topics, groupId);
    await admin.disconnect();
  }
  const columns = ['lanes', 'batch', 'way', 'records/s', 'p50 ms', 'p99 ms', '× plain send'];
  return {
    name: 'fencing',
    title: 'Predictions written once, by one sink',
    isQuick,
    tables: [{ title: 'Records acknowledged, and the time of one batch', columns, rows }],
    plots: [],
    notes: [`A prediction has ${aPrediction(0).value.length} bytes.`],
  };
}

/** A row for each way, measured one after the other. */
async function compare(
  place: Place,
  batch: number,
  isQuick: boolean,
): Promise<Record<string, Cell>[]> {
  const rows: Record<string, Cell>[] = [];
  let plainPerS = NaN;
  for (const [name, open] of Object.entries(ways)) {
    const way = await open(place);
    try {
      const { batchesPerS, p50Ms, p99Ms } = await measure(way, place.lanes, batch, isQuick);
      if (open === plain) plainPerS = batchesPerS;
      rows.push({
        ...{ lanes: place.lanes, batch, way: name, 'records/s': batchesPerS * batch },
        ...{ 'p50 ms': p50Ms, 'p99 ms': p99Ms, '× plain send': batchesPerS / plainPerS },
      });
    } finally {
      await way.close();
    }
  }
  return rows;
}

async function measure(
  way: Way,
  lanes: number,
  batch: number,
  isQuick: boolean,
): Promise<{ readonly batchesPerS: number; readonly p50Ms: number; readonly p99Ms: number }> {
  const records = Array.from({ length: batch }, (_, number) => aPrediction(number));
  const times: number[] = [];
  const write = async (lane: number): Promise<number> => {
    const startMs = performance.now();
    await way.write(lane, records);
    return performance.now() - startMs;
  };
  const everyLane = Array.from({ length: lanes }, (_, lane) => lane);
  const warmUp = async (lane: number): Promise<void> => {
    for (let count = 0; count < (isQuick ? 5 : 50); count += 1) await write(lane);
  };
  await Promise.all(everyLane.map(warmUp));
  const startMs = performance.now();
  const endMs = startMs + (isQuick ? 250 : 4_000);
  const work = async (lane: number): Promise<void> => {
    while (performance.now() < endMs) times.push(await write(lane));
  };
  await Promise.all(everyLane.map(work));
  const seconds = (performance.now() - startMs) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? NaN;
  return { batchesPerS: times.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

/** As windower and stages write. */
async function plain({ kafka, topics }: Place): Promise<Way> {
  const writer = await LaneWriter.connect(kafka, log);
  return {
    write: (lane, records) => writer.send(topics.predictions, lane, records),
    close: () => writer.close(),
  };
}

/** As the sink writes. */
async function fenced({ kafka, topics, groupId, lanes }: Place): Promise<Way> {
  const writer = await FencedWriter.connect(kafka, log);
  const topic = topics.predictions;
  const mine = await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      writer.takeOver({ transactionalId: `${groupId}.fenced.${lane}`, topic, lane }),
    ),
  );
  return {
    write: async (lane, records) => mine[lane]?.send(topic, lane, records),
    close: () => writer.close(),
  };
}

/** As others write exactly once: records and input offset in a transaction, a producer a lane. */
async function transactional({ client, topics, groupId, lanes }: Place): Promise<Way> {
  const producers = await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      openFencingProducer(client, `${groupId}.transaction.${lane}`, log),
    ),
  );
  let offset = 0;
  return {
    write: async (lane, records) => {
      const producer = producers[lane];
      if (producer === undefined) return;
      offset += records.length;
      await writeInTransaction(producer, topics, records, { groupId, lane, offset });
    },
    close: async () => {
      await Promise.all(producers.map((producer) => producer.disconnect()));
    },
  };
}

async function writeInTransaction(
  producer: Producer,
  topics: PipelineTopics,
  records: readonly OutgoingRecord[],
  { groupId, lane, offset }: { groupId: string; lane: number; offset: number },
): Promise<void> {
  const messages = records.map((record) => toMessage(lane, record));
  const partitions = [{ partition: lane, offset: String(offset) }];
  const offsets = { consumerGroupId: groupId, topics: [{ topic: topics.fixes, partitions }] };
  await inTransaction(
    producer,
    async (transaction) => {
      await transaction.send({ topic: topics.predictions, acks: -1, messages });
      // kafkajs lets `send` wait for the end of the transaction before, but not `sendOffsets`.
      for (let retryMs = transactionRetry.initialRetryTime; ; retryMs *= 2) {
        try {
          await transaction.sendOffsets(offsets);
          return;
        } catch (error) {
          const type = error instanceof Error ? (Reflect.get(error, 'type') as unknown) : null;
          if (type !== 'CONCURRENT_TRANSACTIONS') throw error;
          await delay(retryMs);
        }
      }
    },
    log,
  );
}

/** One of the reference job's predictions: a taxi of Daejeon, and the most probable next cells. */
function aPrediction(number: number): OutgoingRecord {
  const vehicleId = `taxi-${1000 + number}`;
  const atMs = 1_709_478_000_000 + 250 * number;
  const value = encodePrediction({
    ...{ vehicleId, lane: 3, offset: 1_000_000 + number, plan: 'p1', cell: 700 },
    candidates: Array.from({ length: candidates }, (_, rank) => ({
      ...{ cell: 701 + rank, latitude: 36.35 + rank / 300, longitude: 127.38 + rank / 300 },
      probability: 0.5 / (rank + 1),
    })),
    modelDigest: 'c0ffee42'.repeat(8),
    ...{ eventTimeMs: atMs, ingestTimeMs: atMs + 100, predictedTimeMs: atMs + 180 },
    replayOf: null,
  });
  return { key: vehicleId, value };
}

async function removeTraces(admin: Admin, topics: PipelineTopics, groupId: string): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const names: readonly string[] = Object.values<string>({ ...topics });
  const ours = names.filter((topic) => existing.has(topic));
  await admin.deleteGroups([groupId]).catch(() => undefined);
  if (ours.length > 0) await admin.deleteTopics({ topics: ours });
}
