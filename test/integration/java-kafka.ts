import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { infra } from './infra.js';
import type { KafkaFixture } from './kafka-fixture.js';

/** Folders of brokers that tests run begin with it. */
export const clusterFolderPrefix = 'stagecoach-kafka-';

function ownerFile(dir: string): string {
  return join(dir, 'owner.json');
}

function ownerOf(dir: string): { pid: number; started: string } | undefined {
  try {
    return JSON.parse(readFileSync(ownerFile(dir), 'utf8')) as { pid: number; started: string };
  } catch {
    return undefined;
  }
}

/** Says in a folder which process it belongs to. */
export function noteOwner(dir: string): void {
  const owner = { pid: process.pid, started: infra.startOf(process.pid) };
  writeFileSync(ownerFile(dir), JSON.stringify(owner));
}

/** Ends the brokers, and removes the folders, of test processes that were killed. */
export async function sweepJavaBrokers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const dir = join(tmpdir(), name);
    const owner = name.startsWith(clusterFolderPrefix) ? ownerOf(dir) : undefined;
    if (owner === undefined || infra.isRunning(owner)) continue;
    // A cluster has a folder for each node.
    const folders = [dir, ...readdirSync(dir).map((inner) => join(dir, inner))];
    for (const folder of folders) await infra.runningJavaBroker(folder)?.kill();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A broker run by Java, in a temporary folder on a free port. */
export async function startJavaKafka(
  say: (text: string) => void,
  why: string,
): Promise<KafkaFixture> {
  await sweepJavaBrokers();
  const dataDir = await mkdtemp(join(tmpdir(), clusterFolderPrefix));
  noteOwner(dataDir);
  let broker = await infra.startJavaBroker({ dataDir });
  say(`a broker run by Java (${why}), at ${broker.endpoint}`);
  const port = Number(broker.endpoint.split(':')[1]);
  const endAtOnce = (): void => {
    process.kill(broker.pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
    process.exit(1);
  };
  process.once('SIGINT', endAtOnce);
  process.once('SIGTERM', endAtOnce);
  return {
    brokers: [broker.endpoint],
    how: 'java',
    restart: async () => {
      await broker.kill();
      broker = await infra.startJavaBroker({ dataDir, port });
    },
    stop: async () => {
      process.off('SIGINT', endAtOnce);
      process.off('SIGTERM', endAtOnce);
      await broker.kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
