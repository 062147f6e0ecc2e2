import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../integration/eventually.js';
import type { Arena, Fault } from '../fault.js';

/** Resolves when every lane of every topic is on all brokers again. */
async function untilInSync({ stand, cluster }: Arena): Promise<void> {
  await eventually(
    'all replicas are in sync',
    async () => {
      const topics = await stand.admin.fetchTopicMetadata().catch(() => ({ topics: [] }));
      const lanes = topics.topics.flatMap(({ partitions }) => partitions);
      return lanes.length === 0
        ? -1
        : lanes.filter(
            ({ isr, replicas }) => isr.length < Math.min(replicas.length, cluster.nodes.length),
          ).length;
    },
    (behind) => behind === 0,
  );
}

const killed: Fault = {
  name: 'kill a broker',
  guarantee: 'one broker of three, killed and started again, loses, repeats and reorders nothing',
  times: { full: 5, short: 1 },
  inject: async (arena) => {
    const node = arena.chance.of(arena.cluster.nodes);
    await node.kill();
    await delay(arena.chance.between(0, 4_000));
    await node.start();
    await untilInSync(arena);
  },
};

const rolling: Fault = {
  name: 'rolling restart',
  guarantee: 'all brokers restarted one after the other lose, repeat and reorder nothing',
  times: { full: 1, short: 1 },
  inject: async (arena) => {
    for (const node of arena.chance.some(arena.cluster.nodes.length, arena.cluster.nodes)) {
      await node.stop();
      await node.start();
      await untilInSync(arena);
    }
  },
};

const allKilled: Fault = {
  name: 'kill all brokers',
  guarantee: 'all brokers killed at once and started again lose, repeat and reorder nothing',
  times: { full: 2, short: 1 },
  inject: async (arena) => {
    const { nodes } = arena.cluster;
    await Promise.all(nodes.map((node) => node.kill()));
    await delay(arena.chance.between(0, 2_000));
    await Promise.all(nodes.map((node) => node.start()));
    await untilInSync(arena);
  },
};

export const brokers: readonly Fault[] = [killed, rolling, allKilled];
