import type { RawLane, RawMessage } from './cluster.js';

/** A record of a topic, as its reader sees it. */
export interface LaneRecord {
  readonly lane: number;
  readonly offset: number;
  /** Set by the broker when it appended the record, where the topic says so. Epoch milliseconds. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** What a fetch found in one lane. */
export interface LaneFetch {
  readonly lane: number;
  readonly records: readonly LaneRecord[];
  /** Where to go on. */
  readonly nextOffset: number;
  /** The end of what the reader may see. */
  readonly endOffset: number;
}

/** What a reader asks of a lane: the offset to start from and which records it may see. */
interface Reading {
  readonly fromOffset: number;
  /** Only records of committed transactions, and those sent outside of any. */
  readonly committedOnly: boolean;
}

/**
 * Makes records of a lane's part of a fetch response. Control records and, for a reader of
 * committed records, those of aborted transactions are left out: a producer's abort marker ends
 * its oldest aborted transaction of the response, whatever other producers do meanwhile.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_Fetch (aborted_transactions)
 */
export function laneRecords(raw: RawLane, reading: Reading): LaneFetch {
  const endOffset = Number(
    reading.committedOnly ? (raw.lastStableOffset ?? raw.highWatermark) : raw.highWatermark,
  );
  const isAborted = abortedFilter(reading.committedOnly ? raw.abortedTransactions : null);
  const records: LaneRecord[] = [];
  let nextOffset = reading.fromOffset;
  for (const message of raw.messages) {
    const aborted = isAborted(message);
    const offset = Number(message.offset);
    if (offset < reading.fromOffset) continue;
    nextOffset = offset + 1;
    if (message.isControlRecord === true || aborted) continue;
    records.push(laneRecord(raw.partition, offset, message));
  }
  // Compaction can leave a batch without records, or without its last ones. An answer without any
  // batch says nothing: a leader that is new gives it though there are records.
  nextOffset = Math.max(nextOffset, raw.messages.behind ?? 0);
  return { lane: raw.partition, records, nextOffset, endOffset };
}

function laneRecord(lane: number, offset: number, message: RawMessage): LaneRecord {
  const headers: Record<string, Buffer> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) headers[name] = last;
  }
  return {
    lane,
    offset,
    timestampMs: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers,
  };
}

/** Abort markers have version 0 and type 0 as their key; commit markers type 1. */
const abortMarker = Buffer.from([0, 0, 0, 0]);

function abortedFilter(
  transactions: RawLane['abortedTransactions'],
): (message: RawMessage) => boolean {
  const starts = new Map<string, number[]>();
  for (const { producerId, firstOffset } of transactions ?? []) {
    const offsets = starts.get(producerId) ?? [];
    offsets.push(Number(firstOffset));
    starts.set(producerId, offsets);
  }
  return (message) => {
    const context = message.batchContext;
    if (context === undefined || !context.inTransaction) return false;
    const start = starts.get(context.producerId)?.[0];
    if (start === undefined || Number(message.offset) < start) return false;
    if (message.isControlRecord !== true) return true;
    if (message.key?.equals(abortMarker) === true) starts.get(context.producerId)?.shift();
    return false;
  };
}
