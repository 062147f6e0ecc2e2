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
  disconnect: (this: Connection) => Promise<unknown>;
  send: (this: Connection, protocol: object) => Promise<unknown>;
}

interface KafkaErrors {
  readonly KafkaJSConnectionClosedError: new (message: string, options: object) => Error;
}

/** As kafkajs says it. */
const closedWords = 'Closed connection';
/** Every answer begins with its size. */
const sizeBytes = 4;

/**
 * Six things that kafkajs does after a connection has broken, each of which can stop a worker:
 *
 * - what had come of an answer is kept, and the first answer on the next connection is read as its
 *   rest: the program dies of it, or waits for ever for what it takes for a long answer;
 * - two requests that find the connection closed open it twice, and one of the answers is lost;
 * - the end of the socket before, when it comes at last, ends the connection that is there now;
 * - one on which an answer has not come in time stays in use, though a network has swallowed it;
 * - a request that is sent while a connection is being closed waits for its answer for ever, since
 *   nobody looks at the time any more;
 * - one that the broker closes before it is open, as with TLS, is waited for for ever.
 *
 * @see docs/decisions/0011-kafkajs-connections-are-mended.md
 */
export function mendConnections(): void {
  const loaded: unknown = require('kafkajs/src/network/connection.js');
  const { KafkaJSConnectionClosedError } = require('kafkajs/src/errors.js') as KafkaErrors;
  if (typeof loaded !== 'function') throw laidOutOtherwise();
  const prototype = loaded.prototype as Connection;
  const { connect, disconnect, send } = prototype;
  if ([connect, disconnect, send].some((method) => typeof method !== 'function')) {
    throw laidOutOtherwise();
  }
  const rejectAll = (connection: Connection, why: string): Error => {
    const { host, port } = connection;
    const closed = new KafkaJSConnectionClosedError(why, { host, port });
    connection.requestQueue.rejectAll(closed);
    return closed;
  };
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
    rejectAll(this, 'Opened anew');
    const opened = openedOrClosed(this, connect.call(this), () => rejectAll(this, closedWords));
    opening.set(this, opened);
    const forget = (): boolean => opening.delete(this);
    opened.then(forget, forget);
    return opened;
  };

  prototype.disconnect = async function (this: Connection) {
    const result = await disconnect.call(this);
    rejectAll(this, closedWords);
    return result;
  };

  prototype.send = async function (this: Connection, protocol: object) {
    try {
      return await send.call(this, protocol);
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSRequestTimeoutError') {
        // Closing waits for requests that are under way: they would wait for nothing.
        rejectAll(this, 'Closed after a timeout');
        await this.disconnect();
      }
      throw error;
    }
  };
}

/**
 * @param opened what opens a connection
 * @param rejectAll rejects what was sent on it, and gives the reason
 * @returns what `opened` comes to, or a rejection where the socket closes before
 */
function openedOrClosed(
  connection: Connection,
  opened: Promise<unknown>,
  rejectAll: () => Error,
): Promise<unknown> {
  const { socket } = connection;
  if (socket === undefined) return opened;
  const closed = new Promise<never>((_, reject) => {
    socket.once('close', () => {
      if (connection.socket === socket) reject(rejectAll());
    });
  });
  // Most connections close long after they were opened: nobody waits for it then.
  closed.catch(() => undefined);
  return Promise.race([opened, closed]);
}
