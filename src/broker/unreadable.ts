import { PipelineError } from '../errors.js';
import type { DeadLetter } from '../wire/dead-letter.js';
import type { LaneRecord } from './lane-record.js';

/**
 * The dead letter of a whole record that could not be read.
 *
 * @throws the error itself where it is none that an item can be blamed for
 */
export function unreadable(topic: string, record: LaneRecord, error: unknown): DeadLetter {
  if (!(error instanceof PipelineError) || error.disposition !== 'deadLetter') throw error;
  return {
    topic,
    lane: record.lane,
    offset: record.offset,
    item: null,
    code: error.code,
    message: error.message,
    timeMs: record.timestampMs,
    key: record.key,
    value: record.value,
    headers: record.headers,
    truncatedFromBytes: null,
  };
}
