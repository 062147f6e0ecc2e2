import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';

/** What a proxy does to the connections of one client. */
export type NetworkFault =
  /** Every byte is so late, in both directions. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Nothing gets through, and nobody is told: as with a dead switch. */
  | { readonly kind: 'stall' }
  /** Of the next answer only a part gets through, and then the connection is reset. */
  | { readonly kind: 'reset' }
  /** Connections are closed, and new ones refused. */
  | { readonly kind: 'cut' };

/** Faults by client id. The proxies of a cluster share one and look at it for every packet. */
export type NetworkFaults = ReadonlyMap<string, NetworkFault>;

/**
 * The client id in the header of the first request on a connection to Kafka; null as long as the
 * bytes are too few.
 *
 * @see https://kafka.apache.org/protocol#protocol_messages (request header: size, api key, version,
 * correlation id, client id)
 */
export function clientIdOf(firstBytes: Buffer): string | null {
  const lengthAt = 12;
  if (firstBytes.length < lengthAt + 2) return null;
  const idAt = lengthAt + 2;
  const end = idAt + Math.max(0, firstBytes.readInt16BE(lengthAt));
  return firstBytes.length < end ? null : firstBytes.toString('utf8', idAt, end);
}

/** Enough for a client to read the part of an answer before its connection is reset. */
const partReadMs = 20;

/** Resolves when a socket tells this, or the other one has closed. */
async function eventOrClose(teller: Socket, event: string, other: Socket): Promise<void> {
  const done = new AbortController();
  const either = [once(teller, event, done), once(other, 'close', done)];
  await Promise.race(either).catch(() => undefined);
  done.abort();
  await Promise.allSettled(either);
}

/** One client's connection, and the one to the broker that was made for it. */
class Relay {
  readonly #client: Socket;
  readonly #broker: Socket;
  readonly #faults: NetworkFaults;
  #first = Buffer.alloc(0);
  clientId = '';

  constructor(client: Socket, target: string, faults: NetworkFaults) {
    const [host = '', port = '0'] = target.split(':');
    this.#client = client.setNoDelay(true);
    this.#broker = connect({ host, port: Number(port), noDelay: true });
    this.#faults = faults;
    this.#forward(this.#client, this.#broker);
    this.#forward(this.#broker, this.#client);
  }

  /** Ends it for both sides, as a reset. */
  reset(): void {
    this.#client.resetAndDestroy();
    this.#broker.resetAndDestroy();
  }

  /** Treats it as its client's fault says now. */
  apply(): void {
    const fault = this.#fault;
    if (fault?.kind === 'cut') this.reset();
    for (const socket of [this.#client, this.#broker]) {
      // What is not read stays where it is, as in a network that is down.
      if (fault?.kind === 'stall') socket.pause();
      else socket.resume();
    }
  }

  get #fault(): NetworkFault | undefined {
    return this.#faults.get(this.clientId);
  }

  #forward(from: Socket, to: Socket): void {
    let written: Promise<unknown> = Promise.resolve();
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.on('data', (bytes: Buffer) => {
      if (from === this.#client && this.clientId === '') this.#readClientId(bytes);
      const late = this.#fault?.kind === 'latency' ? delay(this.#fault.ms) : null;
      // One after the other, so that nothing overtakes what was late.
      written = written.then(() => late).then(() => this.#write(bytes, from, to));
    });
  }

  async #write(bytes: Buffer, from: Socket, to: Socket): Promise<void> {
    // What was read before the network stood still, such as the first words of a new connection.
    while (this.#fault?.kind === 'stall' && !to.destroyed) await eventOrClose(from, 'resume', to);
    if (to.destroyed) return;
    const fault = this.#fault;
    if (fault?.kind === 'cut') {
      this.reset();
    } else if (fault?.kind === 'reset' && from === this.#broker) {
      to.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      // Where a part and the reset come in at once, libuv tells its reader of an ordinary end.
      await delay(partReadMs);
      await immediate();
      this.reset();
    } else if (!to.write(bytes)) {
      from.pause();
      await eventOrClose(to, 'drain', to);
      this.apply();
    }
  }

  #readClientId(bytes: Buffer): void {
    this.#first = Buffer.concat([this.#first, bytes]);
    this.clientId = clientIdOf(this.#first) ?? '';
    if (this.#fault !== undefined) this.apply();
  }
}

/** A TCP proxy in front of one broker, which does to one client's connections what a bad network does. */
export class TcpProxy {
  readonly #server: Server;
  readonly #relays = new Set<Relay>();
  #target = '';

  private constructor(faults: NetworkFaults) {
    this.#server = createServer((client) => {
      const relay = new Relay(client, this.#target, faults);
      this.#relays.add(relay);
      client.on('close', () => this.#relays.delete(relay));
    });
  }

  static async listen(faults: NetworkFaults, host = '127.0.0.1'): Promise<TcpProxy> {
    const proxy = new TcpProxy(faults);
    proxy.#server.listen(0, host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** @param target "host:port" of the broker */
  leadTo(target: string): void {
    this.#target = target;
  }

  /** To be called when a client's fault has changed: its open connections are treated so at once. */
  apply(clientId: string): void {
    for (const relay of this.#relays) if (relay.clientId === clientId) relay.apply();
  }

  /** Open connections of a client. */
  connectionsOf(clientId: string): number {
    return [...this.#relays].filter((relay) => relay.clientId === clientId).length;
  }

  async close(): Promise<void> {
    for (const relay of this.#relays) relay.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
