import { setTimeout as delay } from 'node:timers/promises';
import type { LaneLog } from '../../src/broker/lane-log.js';
import { decodePrediction } from '../../src/wire/prediction.js';

/** A load that no node has to hurry for. */
export interface LightLoad {
  readonly fixes: number;
  readonly fixesPerS: number;
}

/** Calls `send` for each fix, as far apart as the rate says. */
export async function sendPaced(
  { fixes, fixesPerS }: LightLoad,
  send: () => Promise<void>,
): Promise<void> {
  const startMs = performance.now();
  for (let sent = 0; sent < fixes; sent += 1) {
    await delay(Math.max(0, startMs + (1000 * sent) / fixesPerS - performance.now()));
    await send();
  }
}

/**
 * What most of them are: the mean of the middle half. The broker's times are whole milliseconds, of
 * which a median would be one too.
 */
export function usualMs(latenciesMs: readonly number[]): number {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const quarter = Math.floor(sorted.length / 4);
  const middle = sorted.slice(quarter, sorted.length - quarter);
  return middle.reduce((sum, ms) => sum + ms, 0) / middle.length;
}

/**
 * From the broker's append of a fix to that of its prediction, for the fixes that came at a time or
 * later. Milliseconds; both times are the broker's.
 */
export async function latencies(
  laneLog: LaneLog,
  topic: string,
  sinceMs: number,
): Promise<number[]> {
  const { begin, end } = await laneLog.bounds(topic);
  const found: number[] = [];
  for (const [lane, from] of begin.entries()) {
    for await (const { value, timestampMs } of laneLog.read(topic, lane, from, end[lane])) {
      if (value === null) continue;
      const { ingestTimeMs } = decodePrediction(value);
      if (ingestTimeMs >= sinceMs) found.push(timestampMs - ingestTimeMs);
    }
  }
  return found;
}
