import { randomBytes } from 'node:crypto';
import type { LaneLog } from './lane-log.js';
import type { OutgoingRecord, RecordWriter } from './lane-writer.js';

/** What the connection to the broker did, each time that it was tried. */
export interface LinkSamples {
  readonly uploadsBytesPerS: readonly number[];
  readonly downloadsBytesPerS: readonly number[];
}

/** As many as go into one request. */
const largeRecords = 2;
const largeBytes = 1_000_000;
const requestsPerPass = 8;

/**
 * Tries the connection to the broker, by the clock: how fast large records are sent and fetched, one
 * request after the other.
 *
 * @param topic with one lane, which nobody else uses
 * @param passes the same megabytes are sent and read so many times
 */
export async function linkSamples(
  { writer, laneLog }: { readonly writer: RecordWriter; readonly laneLog: LaneLog },
  topic: string,
  passes: number,
): Promise<LinkSamples> {
  const large: OutgoingRecord[] = Array.from({ length: largeRecords }, () => ({
    key: null,
    value: randomBytes(largeBytes),
  }));
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
  return { uploadsBytesPerS, downloadsBytesPerS };
}

async function durationMs(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
