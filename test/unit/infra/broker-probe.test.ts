import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { projectDir } from '../../../src/project-dir.js';

interface Probe {
  readonly brokerAnswers: (host: string, port: number, limitMs?: number) => Promise<boolean>;
}

const file = pathToFileURL(join(projectDir(), 'infra/broker/probe.mjs'));
const { brokerAnswers } = (await import(file.href)) as Probe;

/** What a listener that sends back these bytes is taken for. */
async function answersWith(reply: string | undefined, limitMs?: number): Promise<boolean> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (reply !== undefined) socket.end(Buffer.from(reply, 'hex'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answers = await brokerAnswers('127.0.0.1', port, limitMs);
  server.close();
  return answers;
}

// Answers to Metadata v1 as the protocol guide lays them out: length, correlation id, brokers (id,
// host, port, rack), controller, topics.
const withOneBroker =
  '00000027' +
  '00000007' +
  '00000001' +
  '00000001' +
  '00093132372e302e302e31' +
  '00004a94' +
  'ffff' +
  '00000001' +
  '00000000';
const withNoBroker = '00000010' + '00000007' + '00000000' + 'ffffffff' + '00000000';

describe('whether a broker answers', () => {
  it('is yes when it lists itself', async () => {
    assert.equal(await answersWith(withOneBroker), true);
  });

  it('is no while the cluster has not let it in', async () => {
    assert.equal(await answersWith(withNoBroker), false);
  });

  it('is no when something else speaks there', async () => {
    const text = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n').toString('hex');
    assert.equal(await answersWith(text), false);
  });

  it('is no when the listener says nothing', async () => {
    assert.equal(await answersWith(undefined, 50), false);
  });

  it('is no where nobody listens', async () => {
    assert.equal(await brokerAnswers('127.0.0.1', 1), false);
  });
});
