import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { TcpProxy, type NetworkFault } from '../../fault/tcp-proxy.js';

const limitMs = 20_000;

/** The header of a first request to Kafka, and nothing behind it: ApiVersions, version 2. */
export function requestHeader(clientId: string): Buffer {
  const id = Buffer.from(clientId);
  const header = Buffer.alloc(14);
  header.writeInt32BE(10 + id.length, 0);
  header.writeInt16BE(18, 4);
  header.writeInt16BE(2, 6);
  header.writeInt32BE(77, 8);
  header.writeInt16BE(id.length, 12);
  return Buffer.concat([header, id]);
}

/** What came in on a connection, to be waited for. */
export class Received {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  #error: (Error & { readonly code?: string }) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#chunks.push(bytes));
    socket.on('error', (error) => (this.#error = error));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** The code of the error that ended the connection; null where there was none. */
  get errorCode(): string | null {
    return this.#error?.code ?? null;
  }

  get #count(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0);
  }

  /** Resolves with all that is there when there are so many bytes. */
  async atLeast(count: number): Promise<Buffer> {
    const signal = AbortSignal.timeout(limitMs);
    while (this.#count < count) {
      try {
        await once(this.#socket, 'data', { signal });
      } catch (cause) {
        throw new Error(`${this.#count} bytes came in, and not ${count}`, { cause });
      }
    }
    return this.bytes;
  }

  /** Resolves when the connection has ended. */
  async ended(): Promise<void> {
    while (!this.#socket.closed) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`still open, with ${this.#count} bytes`));
        }, limitMs);
        this.#socket.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}

/** A client behind the proxy. */
export class RawClient extends Received {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super(socket);
    this.#socket = socket;
  }

  send(bytes: Buffer | string): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** A server that answers with what it is sent, and a proxy in front of it. */
export class ProxiedEcho {
  /** What the server got of each connection, oldest first. */
  readonly served: Received[] = [];
  readonly #faults = new Map<string, NetworkFault>();
  readonly #clients: RawClient[] = [];
  readonly #serverSides: Socket[] = [];
  readonly #server: Server;
  #proxy: TcpProxy | null = null;

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#serverSides.push(socket);
      this.served.push(new Received(socket));
      socket.pipe(socket);
    });
  }

  static async start(): Promise<ProxiedEcho> {
    const echo = new ProxiedEcho();
    echo.#server.listen(0, '127.0.0.1');
    await once(echo.#server, 'listening');
    echo.#proxy = await TcpProxy.listen(echo.#faults);
    const address = echo.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
    echo.#proxy.leadTo(`127.0.0.1:${address.port}`);
    return echo;
  }

  get proxy(): TcpProxy {
    if (this.#proxy === null) throw new Error('it has not been started');
    return this.#proxy;
  }

  /** A connection that has said nothing yet. */
  async connect(): Promise<RawClient> {
    const socket = connect({ host: '127.0.0.1', port: this.proxy.port, noDelay: true });
    const client = new RawClient(socket);
    this.#clients.push(client);
    await once(socket, 'connect');
    return client;
  }

  /** A connection that has said who it is, and has its answer. */
  async connectAs(clientId: string): Promise<RawClient> {
    const client = await this.connect();
    const header = requestHeader(clientId);
    client.send(header);
    await client.atLeast(header.length);
    return client;
  }

  spoil(clientId: string, fault: NetworkFault): void {
    this.#faults.set(clientId, fault);
    this.proxy.apply(clientId);
  }

  mend(clientId: string): void {
    this.#faults.delete(clientId);
    this.proxy.apply(clientId);
  }

  /** Another client has so many answers one after the other: what can get through meanwhile has done so. */
  async exchange(by: RawClient, rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const { length } = by.bytes;
      by.send('x');
      await by.atLeast(length + 1);
    }
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    for (const socket of this.#serverSides) socket.destroy();
    await this.#proxy?.close();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
