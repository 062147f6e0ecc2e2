import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { clientIdOf } from '../../fault/tcp-proxy.js';
import { ProxiedEcho, requestHeader } from './echo-server.js';

/** Enough for the buffers of all sockets between client and server to fill. */
const megabytes = Buffer.from(
  Uint8Array.from({ length: 8_000_000 }, (_, at) => (at * 31 + (at >> 8)) % 251),
);
const headerBytes = requestHeader('sick').length;

describe('the client id of a first request', () => {
  it('is where Kafka’s protocol has it', () => {
    // By hand: size 15, ApiVersions (18), version 2, correlation id 1, "taxi!" and what follows.
    const request = Buffer.from(
      '0000000f' + '0012' + '0002' + '00000001' + '0005' + '7461786921' + 'ffff',
      'hex',
    );
    assert.equal(clientIdOf(request), 'taxi!');
  });

  it('is null as long as the bytes are too few', () => {
    const header = requestHeader('é-1');
    for (let length = 0; length < header.length; length += 1) {
      assert.equal(clientIdOf(header.subarray(0, length)), null);
    }
    assert.equal(clientIdOf(header), 'é-1');
  });

  it('is empty where the client gives none', () => {
    // A null string has the length −1.
    const header = requestHeader('');
    header.writeInt16BE(-1, 12);
    assert.equal(clientIdOf(header), '');
  });
});

describe('a proxy that spoils the network of one client', () => {
  let echo: ProxiedEcho;
  beforeEach(async () => {
    echo = await ProxiedEcho.start();
  });
  afterEach(() => echo.stop());

  it('lets everything through in both directions as long as nothing is spoiled', async () => {
    const client = await echo.connectAs('sick');
    client.send(megabytes);
    const got = await client.atLeast(headerBytes + megabytes.length);
    assert.ok(got.equals(Buffer.concat([requestHeader('sick'), megabytes])));
    assert.equal(client.errorCode, null);
  });

  it('knows a client whose first request comes in pieces', async () => {
    const client = await echo.connect();
    const header = requestHeader('sick');
    for (const [at, byte] of header.entries()) {
      assert.equal(echo.proxy.connectionsOf('sick'), 0);
      client.send(Buffer.from([byte]));
      await client.atLeast(at + 1);
    }
    assert.equal(echo.proxy.connectionsOf('sick'), 1);
    assert.deepEqual(client.bytes, header);
  });

  it('makes every byte late, there and back', async () => {
    const client = await echo.connectAs('sick');
    echo.spoil('sick', { kind: 'latency', ms: 120 });
    const startMs = performance.now();
    client.send('x');
    await client.atLeast(headerBytes + 1);
    // A timer may be early by a millisecond.
    assert.ok(performance.now() - startMs >= 2 * 119, `after ${performance.now() - startMs} ms`);
  });

  it('keeps the order of what is late, also where the latency becomes less', async () => {
    const client = await echo.connectAs('sick');
    const other = await echo.connectAs('well');
    echo.spoil('sick', { kind: 'latency', ms: 300 });
    client.send('first,');
    await echo.exchange(other, 20);
    echo.spoil('sick', { kind: 'latency', ms: 1 });
    client.send('second,');
    await echo.exchange(other, 20);
    echo.mend('sick');
    client.send('third');
    const got = await client.atLeast(headerBytes + 'first,second,third'.length);
    assert.equal(got.subarray(headerBytes).toString(), 'first,second,third');
  });

  it('stalls without a word, and goes on without the loss of a byte', async () => {
    const client = await echo.connectAs('sick');
    const other = await echo.connectAs('well');
    echo.spoil('sick', { kind: 'stall' });
    client.send(megabytes);
    await echo.exchange(other, 100);
    assert.equal(client.bytes.length, headerBytes);
    assert.equal(echo.served[0]?.bytes.length, headerBytes);
    assert.equal(client.errorCode, null);
    echo.mend('sick');
    const got = await client.atLeast(headerBytes + megabytes.length);
    assert.ok(got.subarray(headerBytes).equals(megabytes));
  });

  it('stalls and goes on in the midst of a long answer', async () => {
    const client = await echo.connectAs('sick');
    const other = await echo.connectAs('well');
    client.send(megabytes);
    for (let part = 1; part <= 5; part += 1) {
      await client.atLeast(headerBytes + (part * megabytes.length) / 10);
      echo.spoil('sick', { kind: 'stall' });
      await echo.exchange(other, 20);
      echo.mend('sick');
    }
    const got = await client.atLeast(headerBytes + megabytes.length);
    assert.ok(got.subarray(headerBytes).equals(megabytes));
  });

  it('stalls also what a new connection says first', async () => {
    const other = await echo.connectAs('well');
    echo.spoil('sick', { kind: 'stall' });
    const client = await echo.connect();
    client.send(requestHeader('sick'));
    await echo.exchange(other, 100);
    assert.equal(echo.served[1]?.bytes.length, 0);
    assert.equal(client.bytes.length, 0);
    client.send('more');
    echo.mend('sick');
    const got = await client.atLeast(headerBytes + 4);
    assert.deepEqual(got, Buffer.concat([requestHeader('sick'), Buffer.from('more')]));
  });

  it('resets in the midst of an answer: a part of it comes, and then an error', async () => {
    const client = await echo.connectAs('sick');
    echo.spoil('sick', { kind: 'reset' });
    const request = megabytes.subarray(0, 1_000);
    client.send(request);
    await client.ended();
    const answer = client.bytes.subarray(headerBytes);
    assert.ok(answer.length > 0 && answer.length < 1_000, `${answer.length} bytes of the answer`);
    assert.ok(answer.equals(request.subarray(0, answer.length)));
    assert.equal(client.errorCode, 'ECONNRESET');
    assert.ok(echo.served[0]?.bytes.subarray(headerBytes).equals(request));
    assert.equal(echo.proxy.connectionsOf('sick'), 0);
  });

  it('cuts a connection, refuses new ones, and takes them again when the network is well', async () => {
    const open = await echo.connectAs('sick');
    echo.spoil('sick', { kind: 'cut' });
    await open.ended();
    assert.equal(open.errorCode, 'ECONNRESET');
    const refused = await echo.connect();
    refused.send(requestHeader('sick'));
    await refused.ended();
    assert.equal(refused.errorCode, 'ECONNRESET');
    assert.equal(refused.bytes.length, 0);
    assert.equal(echo.served[1]?.bytes.length ?? 0, 0);
    echo.mend('sick');
    const again = await echo.connectAs('sick');
    assert.deepEqual(again.bytes, requestHeader('sick'));
  });

  for (const fault of [
    { kind: 'latency', ms: 60_000 },
    { kind: 'stall' },
    { kind: 'reset' },
    { kind: 'cut' },
  ] as const) {
    it(`leaves other clients alone: ${fault.kind}`, async () => {
      const other = await echo.connectAs('well');
      await echo.connectAs('sick');
      echo.spoil('sick', fault);
      other.send(megabytes);
      const got = await other.atLeast(headerBytes + megabytes.length);
      assert.ok(got.subarray(headerBytes).equals(megabytes));
      const later = await echo.connectAs('well');
      assert.equal(later.errorCode, null);
      assert.equal(echo.proxy.connectionsOf('well'), 2);
    });
  }
});
