import type { FramedRequest, RequestHead } from './kafkajs/framed-requests.js';
import { require } from './kafkajs/substitute.js';
import type { RecordBatch } from './record-batch.js';

/** A request as kafkajs's connections take it, with what reads the answer to it. */
export interface ProtocolRequest {
  readonly request: FramedRequest;
  readonly response: object;
}

const produce = { apiKey: 0, apiVersion: 7, apiName: 'Produce' } as const;
/** Acknowledged by all replicas that are in sync. */
const acksAll = -1;
/** How long the broker waits for the replicas. Milliseconds. */
const replicasTimeoutMs = 30_000;

/** What is written where. */
interface Production {
  readonly topic: string;
  readonly lane: number;
  readonly batch: RecordBatch;
}

/**
 * One batch for one lane, acknowledged by all replicas that are in sync: Produce, version 7.
 *
 * @param allocate gives the buffer for the whole request
 * @see https://kafka.apache.org/protocol.html#The_Messages_Produce
 */
export function produceRequest(
  { topic, lane, batch }: Production,
  allocate: (bytes: number) => Buffer,
): ProtocolRequest {
  return {
    request: { ...produce, frame: (head) => frame(head, { topic, lane, batch }, allocate) },
    response: require('kafkajs/src/protocol/requests/produce/v7/response.js') as object,
  };
}

function frame(
  head: RequestHead,
  { topic, lane, batch }: Production,
  allocate: (bytes: number) => Buffer,
): Buffer {
  const clientIdBytes = Buffer.byteLength(head.clientId);
  const topicBytes = Buffer.byteLength(topic);
  // Size; key, version, correlation id, client id; no transactional id, acks, timeout; one topic,
  // its name; one lane, its number, the size of its batch.
  const beforeBatch = 4 + (2 + 2 + 4 + 2 + clientIdBytes) + (2 + 2 + 4) + (4 + 2 + topicBytes) + 12;
  const target = allocate(beforeBatch + batch.byteLength);
  let at = target.writeInt32BE(target.length - 4, 0);
  at = target.writeInt16BE(produce.apiKey, at);
  at = target.writeInt16BE(produce.apiVersion, at);
  at = target.writeInt32BE(head.correlationId, at);
  at = target.writeInt16BE(clientIdBytes, at);
  at += target.write(head.clientId, at);
  at = target.writeInt16BE(-1, at);
  at = target.writeInt16BE(acksAll, at);
  at = target.writeInt32BE(replicasTimeoutMs, at);
  at = target.writeInt32BE(1, at);
  at = target.writeInt16BE(topicBytes, at);
  at += target.write(topic, at);
  at = target.writeInt32BE(1, at);
  at = target.writeInt32BE(lane, at);
  at = target.writeInt32BE(batch.byteLength, at);
  batch.writeTo(target, at, Date.now());
  return target;
}
