import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** When the link has sent what it was given, in one direction. */
class Direction {
  readonly #bytesPerS: number;
  #busyUntilMs = 0;

  constructor(bytesPerS: number) {
    this.#bytesPerS = bytesPerS;
  }

  /** Resolves when so many bytes have got through, behind all that were there before. */
  async pass(bytes: number): Promise<void> {
    const nowMs = performance.now();
    this.#busyUntilMs = Math.max(nowMs, this.#busyUntilMs) + (1000 * bytes) / this.#bytesPerS;
    await delay(this.#busyUntilMs - nowMs);
  }
}

/**
 * A network link of one node, as a TCP proxy in front of a broker: all of the node's connections
 * share so many bytes a second in each direction.
 */
export class SlowLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target = 0;

  private constructor(bytesPerS: number) {
    const up = new Direction(bytesPerS);
    const down = new Direction(bytesPerS);
    this.#server = createServer({ noDelay: true }, (node) => {
      const broker = connect({ host: '127.0.0.1', port: this.#target, noDelay: true });
      this.#join(node, broker, up);
      this.#join(broker, node, down);
    });
  }

  static async open(bytesPerS: number): Promise<SlowLink> {
    const link = new SlowLink(bytesPerS);
    link.#server.listen(0, '127.0.0.1');
    await once(link.#server, 'listening');
    return link;
  }

  /** Where the node finds the broker. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** @param port of the broker, on this machine */
  leadTo(port: number): void {
    this.#target = port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(from: Socket, to: Socket, direction: Direction): void {
    this.#sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    from.on('data', (bytes: Buffer) => {
      // Nothing is read ahead of the link: what waits, waits at its sender.
      from.pause();
      void direction.pass(bytes.length).then(() => {
        if (to.destroyed) return;
        to.write(bytes);
        from.resume();
      });
    });
  }
}
