import type { LaneLog } from '../../src/broker/lane-log.js';
import type { LaneRecord } from '../../src/broker/lane-record.js';

/** What of a topic is read. */
export interface Contents {
  readonly topic: string;
  /** Only records of committed transactions. */
  readonly committedOnly?: boolean;
}

/** All that is in a lane now. */
export async function laneContents(
  laneLog: LaneLog,
  lane: number,
  { topic, committedOnly = false }: Contents,
): Promise<LaneRecord[]> {
  const { begin, end } = await laneLog.bounds(topic);
  const records: LaneRecord[] = [];
  const [from, to] = [begin[lane] ?? 0, end[lane] ?? 0];
  for await (const record of laneLog.read(topic, lane, from, to, committedOnly)) {
    records.push(record);
  }
  return records;
}

/** The values of all that is in a topic now, lane by lane. */
export async function topicValues<Value>(
  laneLog: LaneLog,
  contents: Contents,
  decode: (bytes: Buffer) => Value,
): Promise<Value[]> {
  const values: Value[] = [];
  for (const lane of await laneLog.lanes(contents.topic)) {
    for (const { value } of await laneContents(laneLog, lane, contents)) {
      if (value !== null) values.push(decode(value));
    }
  }
  return values;
}
