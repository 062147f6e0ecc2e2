import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** An answer of a broker that is coming in. */
interface Inbox {
  readonly size: Buffer;
  sizeFilled: number;
  answer: Buffer | null;
  filled: number;
}

/** What of kafkajs's connection takes in answers. */
export interface ReceivingConnection {
  readonly socket?: Socket;
  /** There while a connection authenticates itself. */
  readonly authHandlers: object | null;
  readonly requestQueue: {
    fulfillRequest(answer: { size: number; correlationId: number; payload: Buffer }): void;
  };
  processData: (this: ReceivingConnection, bytes: Buffer) => void;
}

const sizeBytes = 4;
const correlationIdBytes = 4;
/** No answer is that large: what comes is none of a broker's. */
const maxAnswerBytes = 512 * 2 ** 20;
/** What one reading of a socket brings, at most. */
const readBytes = 256 * 2 ** 10;
const keepAliveMs = 60_000;

const inboxes = new WeakMap<ReceivingConnection, Inbox>();

function emptyInbox(): Inbox {
  return { size: Buffer.alloc(sizeBytes), sizeFilled: 0, answer: null, filled: 0 };
}

/** What had come of an answer has nothing to do with the next connection. */
export function forgetPartOfAnswer(connection: ReceivingConnection): void {
  inboxes.delete(connection);
}

/**
 * Puts each answer together in one buffer of its size. kafkajs keeps what comes in pieces and joins
 * them, and so allocates each large answer three times.
 */
export function collectAnswers(prototype: ReceivingConnection): void {
  const { processData } = prototype;
  prototype.processData = function (this: ReceivingConnection, bytes: Buffer) {
    if (this.authHandlers) {
      processData.call(this, bytes);
      return;
    }
    const inbox = inboxes.get(this) ?? emptyInbox();
    inboxes.set(this, inbox);
    for (let at = 0; at < bytes.length;) {
      at += inbox.answer === null ? takeSize(this, inbox, bytes, at) : 0;
      if (inbox.answer === null) return;
      const taken = bytes.copy(inbox.answer, inbox.filled, at);
      at += taken;
      inbox.filled += taken;
      if (inbox.filled === inbox.answer.length) hand(this, inbox, inbox.answer);
    }
  };
}

/** @returns how many bytes were taken: `inbox.answer` is there once the size is complete */
function takeSize(
  connection: ReceivingConnection,
  inbox: Inbox,
  bytes: Buffer,
  at: number,
): number {
  const taken = bytes.copy(inbox.size, inbox.sizeFilled, at, at + sizeBytes - inbox.sizeFilled);
  inbox.sizeFilled += taken;
  if (inbox.sizeFilled < sizeBytes) return taken;
  const size = inbox.size.readInt32BE(0);
  if (size < correlationIdBytes || size > maxAnswerBytes) {
    forgetPartOfAnswer(connection);
    connection.socket?.destroy(new Error(`an answer of ${size} bytes is no broker's`));
    return bytes.length;
  }
  inbox.answer = Buffer.allocUnsafe(size);
  inbox.filled = 0;
  inbox.sizeFilled = 0;
  return taken;
}

function hand(connection: ReceivingConnection, inbox: Inbox, answer: Buffer): void {
  inbox.answer = null;
  connection.requestQueue.fulfillRequest({
    size: answer.length,
    correlationId: answer.readInt32BE(0),
    payload: answer.subarray(correlationIdBytes),
  });
}

/** Where a connection goes; kafkajs's own words. */
interface SocketOptions {
  readonly host: string;
  readonly port: number;
  /** Null or left out for plain text. */
  readonly ssl?: ConnectionOptions | null;
  readonly onConnect: () => void;
}

/**
 * Sockets that read into one buffer of theirs, again and again, as far as they are not encrypted.
 * Who listens has to copy what it wants to keep.
 */
export function openSocket({ host, port, ssl, onConnect }: SocketOptions): Socket {
  const isPlain = ssl === undefined || ssl === null;
  const socket = isPlain ? plainSocket(host, port) : encryptedSocket(host, port, ssl);
  socket.once(isPlain ? 'connect' : 'secureConnect', onConnect);
  return socket.setKeepAlive(true, keepAliveMs);
}

function plainSocket(host: string, port: number): Socket {
  const socket: Socket = connectPlain({
    host,
    port,
    onread: {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (bytes, buffer) => {
        socket.emit('data', Buffer.from(buffer.buffer, buffer.byteOffset, bytes));
        return true;
      },
    },
  });
  return socket;
}

function encryptedSocket(host: string, port: number, ssl: ConnectionOptions): Socket {
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, ...name, ...ssl });
}
