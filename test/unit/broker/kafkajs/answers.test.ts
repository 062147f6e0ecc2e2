import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  collectAnswers,
  forgetPartOfAnswer,
  type ReceivingConnection,
} from '../../../../src/broker/kafkajs/answers.js';

interface Taken {
  readonly correlationId: number;
  readonly payload: string;
}

/** A connection that notes what it was answered. */
function newConnection() {
  const taken: Taken[] = [];
  const toOriginal: Buffer[] = [];
  const ended: string[] = [];
  const connection = {
    authHandlers: null as object | null,
    socket: { destroy: (error: Error) => ended.push(error.message) },
    requestQueue: {
      fulfillRequest: ({ correlationId, payload }: { correlationId: number; payload: Buffer }) =>
        taken.push({ correlationId, payload: payload.toString() }),
    },
    processData: (bytes: Buffer) => void toOriginal.push(bytes),
  };
  const receiving = connection as unknown as ReceivingConnection;
  collectAnswers(receiving);
  return { connection, receiving, taken, toOriginal, ended };
}

function answer(correlationId: number, payload: string): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + body.length, 0);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, body]);
}

describe('the answers of a connection', () => {
  it('are put together from whatever pieces they come in', () => {
    const payloads = fc.array(fc.string({ maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 30 })), (texts, sizes) => {
        const { receiving, taken } = newConnection();
        let bytes = Buffer.concat(texts.map((text, at) => answer(at, text)));
        for (const size of [...sizes, bytes.length]) {
          // The socket's buffer is used again: nothing may be kept of it.
          const piece = Buffer.from(bytes.subarray(0, size));
          receiving.processData(piece);
          piece.fill(0xff);
          bytes = bytes.subarray(size);
        }
        assert.deepEqual(
          taken,
          texts.map((text, at) => ({ correlationId: at, payload: Buffer.from(text).toString() })),
        );
      }),
    );
  });

  it('begin anew on another connection', () => {
    const { receiving, taken } = newConnection();
    receiving.processData(answer(1, 'cut off').subarray(0, 9));
    forgetPartOfAnswer(receiving);
    receiving.processData(answer(2, 'whole'));
    assert.deepEqual(taken, [{ correlationId: 2, payload: 'whole' }]);
  });

  it('of a size that no broker gives end the connection', () => {
    const { receiving, taken, ended } = newConnection();
    receiving.processData(Buffer.from('HTTP/1.1 400 Bad Request\r\n'));
    assert.deepEqual([taken, ended], [[], ["an answer of 1213486160 bytes is no broker's"]]);
  });

  it('are kafkajs’s own while the connection authenticates itself', () => {
    const { connection, receiving, taken, toOriginal } = newConnection();
    connection.authHandlers = {};
    receiving.processData(answer(1, 'challenge'));
    assert.deepEqual([taken.length, toOriginal.length], [0, 1]);
  });
});
