/**
 * Where in a record batch of version 2 its fields are, and where its first record begins. Bytes from
 * its beginning.
 *
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export const batchLayout = {
  baseOffset: 0,
  length: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  firstSequence: 53,
  recordCount: 57,
  firstRecord: 61,
} as const;

/** The length counts what comes after it: from here on. */
export const lengthEnds = 12;
/** The version. */
export const magic = 2;
