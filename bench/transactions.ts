/**
 * What the transactions of the sink cost in throughput and latency:
 *
 *     npm run build && node dist/bench/transactions.js [--quick]
 *
 * Predictions of the usual size are written to lanes of a running broker (the local one, or that of
 * KAFKA_BROKERS) in three ways: plain sends that all in-sync replicas acknowledge, as the stages
 * write; sends of an idempotent producer; and transactions with the input offset in them, as the
 * sink writes. Each lane writes one batch after the other, without a pause; one commit is one batch.
 * The ratio is that of its records per second to those of plain sends, measured just before.
 * The topics are its own and are deleted in the end.
 */
import { loadConfig } from '../src/config.js';
import { connected } from '../src/broker/connect.js';
import { createKafka, Partitioners, type Admin, type Kafka } from '../src/broker/kafka-client.js';
import { LaneTransactions } from '../src/broker/lane-transactions.js';
import { LaneWriter, toMessage, type OutgoingRecord } from '../src/broker/lane-writer.js';
import { createPipelineTopics, pipelineTopics } from '../src/broker/topics.js';
import { createLogger } from '../src/log.js';
import { projectDir } from '../src/project-dir.js';
import { encodePrediction } from '../src/wire/prediction.js';

/** Writes batches of one kind, each lane by itself. */
interface Way {
  readonly name: string;
  /** Resolves when the records are written for good. */
  readonly write: (lane: number, records: readonly OutgoingRecord[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Figures {
  readonly commitsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const isQuick = process.argv.includes('--quick');
const secondsPerFigure = isQuick ? 0.5 : 4;
const warmUpCommits = isQuick ? 5 : 50;
const laneCounts = [1, 6];
const batchSizes = [1, 8, 64];
const candidates = 5;

const config = loadConfig({ environment: process.env, flags: {}, projectDir: projectDir() });
const log = createLogger('bench', 'warn');
const client = { brokers: config.brokers, clientId: 'stagecoach-bench' };
const pipeline = `bench-transactions-${process.pid}`;
const topics = pipelineTopics(pipeline);
const groupId = `${pipeline}.sink`;

const kafka = createKafka(client, log);
const admin = await connected(kafka.admin());
try {
  await createPipelineTopics(admin, pipeline, Math.max(...laneCounts));
  process.stdout.write(
    `${aPrediction(0).value.length} bytes a prediction, ${secondsPerFigure} s a figure\n\n`,
  );
  process.stdout.write(
    row('lanes', 'batch', 'way', ['records/s', 'commits/s', 'p50 ms', 'p99 ms', 'ratio']),
  );
  for (const lanes of laneCounts) {
    for (const size of batchSizes) await measure(lanes, size);
  }
} finally {
  await removeTraces(admin);
  await admin.disconnect();
}

async function measure(lanes: number, size: number): Promise<void> {
  let plainPerS = NaN;
  for (const open of [plain, idempotent, transactional]) {
    const way = await open(kafka, lanes);
    try {
      const { commitsPerS, p50Ms, p99Ms } = await figuresOf(way, lanes, size);
      if (open === plain) plainPerS = commitsPerS;
      const figures = [commitsPerS * size, commitsPerS].map((figure) => figure.toFixed(0));
      const times = [p50Ms, p99Ms].map((ms) => ms.toFixed(2));
      const ratio = (commitsPerS / plainPerS).toFixed(2);
      process.stdout.write(
        row(String(lanes), String(size), way.name, [...figures, ...times, ratio]),
      );
    } finally {
      await way.close();
    }
  }
}

async function figuresOf(way: Way, lanes: number, size: number): Promise<Figures> {
  const records = Array.from({ length: size }, (_, number) => aPrediction(number));
  const times: number[] = [];
  const commit = async (lane: number): Promise<number> => {
    const startMs = performance.now();
    await way.write(lane, records);
    return performance.now() - startMs;
  };
  const everyLane = Array.from({ length: lanes }, (_, lane) => lane);
  const warmUp = async (lane: number): Promise<void> => {
    for (let count = 0; count < warmUpCommits; count += 1) await commit(lane);
  };
  await Promise.all(everyLane.map(warmUp));
  const startMs = performance.now();
  const endMs = startMs + secondsPerFigure * 1000;
  const work = async (lane: number): Promise<void> => {
    while (performance.now() < endMs) times.push(await commit(lane));
  };
  await Promise.all(everyLane.map(work));
  const seconds = (performance.now() - startMs) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? NaN;
  return { commitsPerS: times.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

/** As windower and stages write. */
async function plain(by: Kafka): Promise<Way> {
  const writer = await LaneWriter.connect(by, log);
  return {
    name: 'acks=all',
    write: (lane, records) => writer.send(topics.predictions, lane, records),
    close: () => writer.close(),
  };
}

async function idempotent(by: Kafka): Promise<Way> {
  const producer = await connected(
    by.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: true,
    }),
  );
  return {
    name: 'idempotent',
    write: async (lane, records) => {
      const messages = records.map((record) => toMessage(lane, record));
      await producer.send({ topic: topics.predictions, acks: -1, messages });
    },
    close: () => producer.disconnect(),
  };
}

/** As the sink writes: a producer for each lane. */
async function transactional(_: Kafka, lanes: number): Promise<Way> {
  const ofLanes = await Promise.all(
    Array.from({ length: lanes }, (_none, lane) =>
      LaneTransactions.open(
        client,
        {
          transactionalId: `${groupId}.${lane}`,
          ...{ lane, groupId, inputTopic: topics.fixes, outputTopic: topics.predictions },
        },
        log,
      ),
    ),
  );
  let next = 0;
  return {
    name: 'transaction',
    write: async (lane, records) => {
      next += records.length;
      await ofLanes[lane]?.commit(records, { nextOffset: next, coveredTo: next });
    },
    close: async () => {
      await Promise.all(ofLanes.map((one) => one.close()));
    },
  };
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

async function removeTraces(by: Admin): Promise<void> {
  const existing = new Set(await by.listTopics());
  const names: readonly string[] = Object.values<string>({ ...topics });
  const ours = names.filter((topic) => existing.has(topic));
  await by.deleteGroups([groupId]).catch(() => undefined);
  if (ours.length > 0) await by.deleteTopics({ topics: ours });
}

function row(lanes: string, batch: string, way: string, figures: readonly string[]): string {
  const cells = figures.map((figure) => figure.padStart(11));
  return `${lanes.padEnd(7)}${batch.padEnd(7)}${way.padEnd(13)}${cells.join('')}\n`;
}
