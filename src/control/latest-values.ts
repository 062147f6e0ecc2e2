import type { LaneLog } from '../broker/lane-log.js';

/** What is needed to read a topic from its beginning to its end. */
export type ReadableLog = Pick<LaneLog, 'bounds' | 'read'>;

/** The newest value of each key of a compacted topic with one lane. Deleted keys are absent. */
export async function latestValues(
  laneLog: ReadableLog,
  topic: string,
): Promise<Map<string, Buffer>> {
  const { begin, end } = await laneLog.bounds(topic);
  const values = new Map<string, Buffer>();
  for await (const { key, value } of laneLog.read(topic, 0, begin[0] ?? 0, end[0] ?? 0)) {
    const name = key?.toString() ?? '';
    if (value === null) values.delete(name);
    else values.set(name, value);
  }
  return values;
}
