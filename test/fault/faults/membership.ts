import { setTimeout as delay } from 'node:timers/promises';
import type { Arena, Fault } from '../fault.js';

/** Numbers 0 and 1 of each role are there all the time. */
const firstExtra = 2;

function extras({ stand: { workers } }: Arena): string[] {
  return workers.names.filter((name) => Number(name.split('-').at(-1)) >= firstExtra);
}

function nameOf(role: string, number: number): string {
  return `${role}-${number}`;
}

async function endExtras(arena: Arena): Promise<void> {
  await Promise.all(extras(arena).map((name) => arena.stand.workers.end(name)));
}

/** What a join or a clean leave may cost the lanes. */
const promisedMs = (): number => 1_000;

const joins: Fault = {
  name: 'worker joins',
  guarantee: 'a worker that joins stops the lanes of the others for less than a second',
  times: { full: 5, short: 1 },
  promisedMs,
  inject: async ({ stand, chance }) => {
    const name = nameOf(chance.of(stand.roles), firstExtra);
    stand.workers.start(name);
    await stand.workers.untilWorking(name);
  },
  after: endExtras,
};

const leaves: Fault = {
  name: 'worker leaves',
  guarantee: 'the lanes of a worker that is told to stop go on within a second',
  times: { full: 5, short: 1 },
  promisedMs,
  inject: async ({ stand: { workers, roles }, chance }) => {
    const name = nameOf(chance.of(roles), Math.floor(chance.between(0, firstExtra)));
    await workers.end(name);
    workers.start(name);
  },
};

const storm: Fault = {
  name: 'rebalance storm',
  guarantee: 'workers that join and leave all the time lose, repeat and reorder nothing',
  times: { full: 14, short: 4 },
  isContinuous: true,
  inject: async (arena) => {
    const { stand, chance } = arena;
    const there = extras(arena);
    const role = chance.of(stand.roles);
    const free = [2, 3].map((number) => nameOf(role, number)).filter((n) => !there.includes(n));
    const [joining] = free;
    if (joining !== undefined && (there.length === 0 || chance.oneIn(2))) {
      stand.workers.start(joining);
    } else if (there.length > 0) {
      // It may be in the midst of its start, or of joining.
      void stand.workers.end(chance.of(there));
    }
    await delay(chance.between(300, 1_500));
  },
  after: endExtras,
};

export const membership: readonly Fault[] = [joins, leaves, storm];
