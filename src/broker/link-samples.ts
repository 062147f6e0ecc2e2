import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { processorMs } from '../processor-time.js';
import type { LaneLog } from './lane-log.js';
import type { OutgoingRecord, RecordWriter } from './lane-writer.js';

/** How much is sent. */
export interface LinkEffort {
  /** Small records, one after the other. */
  readonly roundTrips: number;
  /** The same megabytes are sent and read so many times. */
  readonly passes: number;
}

/** What the connection to the broker did, each time that it was tried. */
export interface LinkSamples {
  readonly roundTripsMs: readonly number[];
  readonly uploadsBytesPerS: readonly number[];
  readonly downloadsBytesPerS: readonly number[];
}

const smallBytes = 100;
/** Between two small records: what was warm is cold again, as where there is little to do. */
const leastRestMs = 20;
/** So many times as long as what went before has computed: a quota must not hold up what comes next. */
const restTimes = 10;
/** The reader's fetch is with the broker by then. */
const settleMs = 5;
const fetchWaitMs = 1_000;
/** As many as go into one request. */
const largeRecords = 2;
const largeBytes = 1_000_000;
const requestsPerPass = 8;
/** The first ones find connections and leaders unknown. */
const warmUpTrips = 5;

/**
 * Tries the connection to the broker, by the clock: how long a record takes, after a rest, to a reader
 * that waits for it, and how fast large records are sent and fetched, one request after the other.
 *
 * @param topic with one lane, which nobody else uses
 */
export async function linkSamples(
  { writer, laneLog }: { readonly writer: RecordWriter; readonly laneLog: LaneLog },
  topic: string,
  { roundTrips, passes }: LinkEffort,
): Promise<LinkSamples> {
  const small: OutgoingRecord = { key: null, value: randomBytes(smallBytes) };
  const large = Array.from({ length: largeRecords }, () => ({
    key: null,
    value: randomBytes(largeBytes),
  }));
  let computedMs = processorMs();
  const rest = async (): Promise<void> => {
    await delay(Math.max(leastRestMs, restTimes * (processorMs() - computedMs)));
    computedMs = processorMs();
  };
  const trip = async (): Promise<number> => {
    const end = (await laneLog.bounds(topic)).end[0] ?? 0;
    const [nodeId = ''] = (await laneLog.leaders(topic, [0])).keys();
    await rest();
    const arrived = laneLog.fetch(topic, nodeId, new Map([[0, end]]), {
      ...{ maxWaitMs: fetchWaitMs, maxLaneBytes: largeBytes, maxBytes: largeBytes },
      committedOnly: false,
    });
    await delay(settleMs);
    return durationMs(() => Promise.all([writer.send(topic, 0, [small]), arrived]));
  };
  for (let index = 0; index < warmUpTrips; index += 1) await trip();
  const roundTripsMs: number[] = [];
  for (let index = 0; index < roundTrips; index += 1) roundTripsMs.push(await trip());
  const passBytes = requestsPerPass * largeRecords * largeBytes;
  const uploadsBytesPerS: number[] = [];
  const downloadsBytesPerS: number[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    const from = (await laneLog.bounds(topic)).end[0] ?? 0;
    const uploadMs = await durationMs(async () => {
      for (let request = 0; request < requestsPerPass; request += 1) {
        await writer.send(topic, 0, large);
      }
    });
    const downloadMs = await durationMs(async () => {
      const records = laneLog.read(topic, 0, from, from + requestsPerPass * largeRecords);
      while (!((await records.next()).done ?? false));
    });
    uploadsBytesPerS.push((1000 * passBytes) / uploadMs);
    downloadsBytesPerS.push((1000 * passBytes) / downloadMs);
  }
  return { roundTripsMs, uploadsBytesPerS, downloadsBytesPerS };
}

async function durationMs(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
