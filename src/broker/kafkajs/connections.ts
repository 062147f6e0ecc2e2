import type { Socket } from 'node:net';
import { collectAnswers, forgetPartOfAnswer, type ReceivingConnection } from './answers.js';
import { laidOutOtherwise, require } from './substitute.js';

/** What of kafkajs's connection to one broker is mended. */
interface Connection extends ReceivingConnection {
  readonly host: string;
  readonly port: number;
  readonly requestQueue: ReceivingConnection['requestQueue'] & { rejectAll(error: Error): void };
  readonly socket?: Socket;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  connect: (this: Connection) => Promise<unknown>;
  disconnect(): Promise<unknown>;
  send: (this: Connection, protocol: object) => Promise<unknown>;
}

interface KafkaErrors {
  readonly KafkaJSConnectionClosedError: new (message: string, options: object) => Error;
}

/** Every answer begins with its size. */
const sizeBytes = 4;

/**
 * Four things that kafkajs does after a connection has broken, each of which can stop a worker:
 *
 * - what had come of an answer is kept, and the first answer on the next connection is read as its
 *   rest: the program dies of it, or waits for ever for what it takes for a long answer;
 * - two requests that find the connection closed open it twice, and one of the answers is lost;
 * - the end of the socket before, when it comes at last, ends the connection that is there now;
 * - one on which an answer has not come in time stays in use, though a network has swallowed it.
 *
 * @see docs/decisions/0011-kafkajs-connections-are-mended.md
 */
export function mendConnections(): void {
  const loaded: unknown = require('kafkajs/src/network/connection.js');
  const { KafkaJSConnectionClosedError } = require('kafkajs/src/errors.js') as KafkaErrors;
  if (typeof loaded !== 'function') throw laidOutOtherwise();
  const prototype = loaded.prototype as Connection;
  const { connect, send } = prototype;
  if (typeof connect !== 'function' || typeof send !== 'function') {
    throw laidOutOtherwise();
  }
  collectAnswers(prototype);
  const opening = new WeakMap<Connection, Promise<unknown>>();

  prototype.connect = function (this: Connection) {
    const underWay = opening.get(this);
    if (underWay !== undefined) return underWay;
    this.socket
      ?.removeAllListeners()
      .on('error', () => undefined)
      .destroy();
    forgetPartOfAnswer(this);
    this.chunks = [];
    this.bytesBuffered = 0;
    this.bytesNeeded = sizeBytes;
    const opened = connect.call(this);
    opening.set(this, opened);
    const forget = (): boolean => opening.delete(this);
    opened.then(forget, forget);
    return opened;
  };

  prototype.send = async function (this: Connection, protocol: object) {
    try {
      return await send.call(this, protocol);
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSRequestTimeoutError') {
        const { host, port } = this;
        const closed = new KafkaJSConnectionClosedError('Closed after a timeout', { host, port });
        // Closing waits for requests that are under way: they would wait for nothing.
        this.requestQueue.rejectAll(closed);
        await this.disconnect();
      }
      throw error;
    }
  };
}
