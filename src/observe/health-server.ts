import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { WorkerHealth } from '../broker/worker-health.js';
import { ConfigError, messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { aliveAnswer, readyAnswer } from './health-answers.js';
import { WorkerMetrics, type MetricsIdentity } from './worker-metrics.js';

/** Where a health server listens. Port 0 takes any that is free. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Nobody who asks for so little takes longer to say it. Milliseconds. */
const requestTimeoutMs = 5_000;

/**
 * Answers over HTTP how a worker is: `/healthz`, `/readyz`, and `/metrics` for Prometheus. Whoever
 * reaches it may ask; it takes no orders. It does not keep its process up.
 */
export class HealthServer {
  readonly #server: Server;
  readonly #metrics: WorkerMetrics;
  readonly #health: () => WorkerHealth | null;

  private constructor(identity: MetricsIdentity, health: () => WorkerHealth | null) {
    this.#metrics = new WorkerMetrics(identity);
    this.#health = health;
    this.#server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        send(response, 500, 'text/plain; charset=utf-8', `${messageOf(error)}\n`);
      });
    });
    this.#server.unref();
  }

  /**
   * @param health gives null as long as the worker starts
   * @throws {ConfigError} where the address can't be listened at
   */
  static async listen(
    { host, port }: ListenAddress,
    identity: MetricsIdentity,
    health: () => WorkerHealth | null,
    log: Logger,
  ): Promise<HealthServer> {
    const server = new HealthServer(identity, health);
    try {
      server.#server.listen(port, host);
      await once(server.#server, 'listening');
    } catch (error) {
      throw new ConfigError(
        `Nothing can listen at healthListen, ${host}:${port} (${messageOf(error)}): name another address with --health-listen HOST:PORT, or none.`,
        error,
      );
    }
    log.info({ host, port: server.port }, `health and metrics at ${host}:${server.port}`);
    return server;
  }

  /** The port that it listens at. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Answers nobody any more. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      send(response, 405, 'text/plain; charset=utf-8', 'GET or HEAD\n');
      return;
    }
    const [path] = (request.url ?? '').split('?');
    if (path === '/metrics') {
      send(response, 200, this.#metrics.contentType, await this.#metrics.text(this.#health()));
    } else if (path === '/healthz' || path === '/readyz') {
      const answer = (path === '/healthz' ? aliveAnswer : readyAnswer)(this.#health());
      send(response, answer.status, 'application/json', `${JSON.stringify(answer.body)}\n`);
    } else {
      send(response, 404, 'text/plain; charset=utf-8', '/healthz, /readyz or /metrics\n');
    }
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}
