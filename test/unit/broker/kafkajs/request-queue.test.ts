import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createKafka } from '../../../../src/broker/kafka-client.js';
import { createLogger } from '../../../../src/log.js';

createKafka({ brokers: [], clientId: 'test' }, createLogger('test', 'silent'));

const require = createRequire(import.meta.url);
const silent = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  push(request: object): void;
  fulfillRequest(answer: object): void;
  maybeThrottle(ms: number): void;
}

function newQueue(): RequestQueue {
  const Queue = require('kafkajs/src/network/requestQueue/index.js') as new (
    options: object,
  ) => RequestQueue;
  return new Queue({
    ...{ maxInFlightRequests: 1, requestTimeout: 1_000, enforceRequestTimeout: false },
    ...{ clientId: 'test', broker: 'test:1', isConnected: () => true },
    logger: { namespace: () => silent, ...silent },
    instrumentationEmitter: new EventEmitter(),
  });
}

function request(correlationId: number, sent: number[]) {
  const entry = {
    ...{ apiKey: 3, apiName: 'Metadata', apiVersion: 0, correlationId },
    ...{ resolve: () => undefined, reject: () => undefined },
  };
  return { entry, expectResponse: true, sendRequest: () => sent.push(correlationId) };
}

describe("kafkajs's queue of requests", () => {
  it('looks after nothing while no request waits', () => {
    const queue = newQueue();
    const sent: number[] = [];
    queue.push(request(1, sent));
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    assert.deepEqual(sent, [1]);
    assert.equal(queue.throttleCheckTimeoutId, null);
  });

  it('sends what waits when an answer has come, and when the broker’s pause is over', async () => {
    const queue = newQueue();
    const sent: number[] = [];
    queue.push(request(1, sent));
    queue.push(request(2, sent));
    assert.deepEqual(sent, [1]);
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    assert.deepEqual(sent, [1, 2]);
    queue.fulfillRequest({ correlationId: 2, payload: Buffer.alloc(0), size: 0 });
    queue.maybeThrottle(30);
    queue.push(request(3, sent));
    assert.deepEqual(sent, [1, 2]);
    while (sent.length < 3) await delay(5);
  });
});
