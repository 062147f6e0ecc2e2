import { valueBytes, type OutgoingRecord } from './lane-writer.js';

/**
 * What goes in one request is one batch to the broker, which takes none above its topic's limit of
 * 8 MiB: so many bytes of keys and values, and any record by itself.
 */
const maxRequestBytes = 2 * 2 ** 20;

/** The records in their order, a request's worth at a time. */
export function requestsOf(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const requests: OutgoingRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const bytes = (record.key?.length ?? 0) + valueBytes(record);
    if (bytes > room) {
      requests.push([]);
      room = maxRequestBytes;
    }
    requests.at(-1)?.push(record);
    room -= bytes;
  }
  return requests;
}
