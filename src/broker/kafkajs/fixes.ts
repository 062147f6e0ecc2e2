import { crc32c } from '@node-rs/crc32';
import { decodeFetchedBatches } from './fetched-batches.js';
import { requireAnswers } from './complete-sends.js';
import { mendConnections } from './connections.js';
import { takeFramedRequests } from './framed-requests.js';
import { restBetweenRequests } from './request-queue.js';
import { substitute } from './substitute.js';

/**
 * kafkajs computes each batch's CRC32C in JavaScript, half of a producer's CPU time. The native
 * one takes its place.
 */
function substituteCrc32C(): void {
  substitute<(data: Buffer) => number>(
    'kafkajs/src/protocol/recordBatch/crc32C/index.js',
    () => (data) => crc32c(data),
  );
}

/** Mends what has to be mended in kafkajs 2.2.4, before it is used. */
export function fixKafkaJS(): void {
  substituteCrc32C();
  requireAnswers();
  decodeFetchedBatches();
  takeFramedRequests();
  // Loads modules that hold on to what is substituted above.
  mendConnections();
  restBetweenRequests();
}
