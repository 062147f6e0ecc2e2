import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { createKafka } from '../../../../src/broker/kafka-client.js';
import { createLogger } from '../../../../src/log.js';

/** What the broker does with a request: `connection` counts its connections, from 1. */
type Behaviour = (answer: Buffer, socket: Socket, connection: number) => void;

/** @returns the port of a broker that answers metadata requests, of version 0, with no brokers and no topics */
async function startBroker(
  t: TestContext,
  behave: Behaviour,
): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += 4 + bytes.readInt32BE(at)) {
        // Size, correlation id, two empty arrays.
        const answer = Buffer.alloc(16);
        answer.writeInt32BE(12, 0);
        answer.writeInt32BE(bytes.readInt32BE(at + 8), 4);
        behave(answer, socket, connection);
      }
    });
    t.after(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

const require = createRequire(import.meta.url);

interface Client {
  metadata(): Promise<{ readonly topicMetadata: readonly unknown[] }>;
  disconnect(): Promise<void>;
}

/** kafkajs's own part that talks to one broker, as our client has it. */
function clientOf(t: TestContext, port: number): Client {
  createKafka({ brokers: [], clientId: 'test' }, createLogger('test', 'silent'));
  const Pool = require('kafkajs/src/network/connectionPool.js') as new (options: object) => {
    send(protocol: object): Promise<{ topicMetadata: unknown[] }>;
    destroy(): Promise<void>;
  };
  const socketFactory = require('kafkajs/src/network/socketFactory.js') as () => object;
  const metadata = require('kafkajs/src/protocol/requests/metadata/index.js') as {
    protocol(options: { version: number }): (request: object) => object;
  };
  const silent = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
  const pool = new Pool({
    ...{ host: '127.0.0.1', port, clientId: 'test', rack: null, ssl: null, sasl: null },
    ...{ connectionTimeout: 1_000, requestTimeout: 300, enforceRequestTimeout: true },
    socketFactory: socketFactory(),
    logger: { ...silent, namespace: () => silent },
  });
  t.after(() => pool.destroy());
  return {
    metadata: () => pool.send(metadata.protocol({ version: 0 })({ topics: [] })),
    disconnect: () => pool.destroy(),
  };
}

describe('connections of kafkajs', () => {
  it('forget what had come of an answer when they are reset in its midst', async (t) => {
    const { port } = await startBroker(t, (answer, socket, connection) => {
      if (connection > 1) socket.write(answer);
      else
        socket.write(answer.subarray(0, 7), () => setTimeout(() => socket.resetAndDestroy(), 20));
    });
    const client = clientOf(t, port);
    await assert.rejects(client.metadata());
    assert.deepEqual((await client.metadata()).topicMetadata, []);
  });

  it('are opened once for requests that come at the same time', async (t) => {
    const { port, connections } = await startBroker(
      t,
      (answer, socket) => void socket.write(answer),
    );
    const client = clientOf(t, port);
    await Promise.all([client.metadata(), client.metadata(), client.metadata()]);
    assert.equal(connections(), 1);
  });

  it('are opened anew after an answer that did not come', async (t) => {
    const { port } = await startBroker(t, (answer, socket, connection) => {
      if (connection > 1) socket.write(answer);
    });
    const client = clientOf(t, port);
    await assert.rejects(client.metadata(), { name: 'KafkaJSRequestTimeoutError' });
    assert.deepEqual((await client.metadata()).topicMetadata, []);
  });

  it('leave no request behind that is sent while they are being closed', async (t) => {
    const { port } = await startBroker(t, (answer, socket) => {
      if (answer.readInt32BE(4) === 0) socket.write(answer);
    });
    // Closing takes a few turns of the microtask queue, and so does what comes before writing.
    for (let turns = 0; turns < 20; turns += 1) {
      const client = clientOf(t, port);
      await client.metadata();
      const late = client.metadata();
      const rejected = assert.rejects(late);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      await Promise.all([rejected, client.disconnect()]);
    }
  });
});
