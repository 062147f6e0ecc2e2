import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { infra } from '../../test/integration/infra.js';
import { SlowLink } from './slow-link.js';

/** A broker for one bench, which a node can also reach by a slow link. */
export interface OwnBroker {
  readonly brokers: readonly string[];
  /** The same broker, by the link. */
  readonly bySlowLink: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts a broker, run by Java, with a link in front of it.
 *
 * @param linkBytesPerS of the link, in each direction
 * @throws {Error} where there is no Java
 */
export async function startOwnBroker(linkBytesPerS: number): Promise<OwnBroker> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stagecoach-bench-'));
  const link = await SlowLink.open(linkBytesPerS);
  const remove = async (): Promise<void> => {
    await link.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const [node] = await infra.javaCluster({ dataDir, proxyPorts: [link.port] });
    if (node === undefined) throw new Error('no broker was made');
    link.leadTo(Number(node.proxied.split(':')[1]));
    await node.start();
    return {
      brokers: [node.endpoint],
      bySlowLink: [`127.0.0.1:${link.port}`],
      stop: async () => {
        await node.kill();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
