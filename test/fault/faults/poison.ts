import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.js';

export const poison: Fault = {
  name: 'poison',
  guarantee:
    'an item that the network can’t digest is dead-lettered alone: its batch, and its vehicle, go on',
  times: { full: 24, short: 4 },
  isContinuous: true,
  inject: async ({ feed, traffic, chance }) => {
    feed.add(traffic.poisoned(chance.of(['throws', 'notANumber'] as const)));
    await delay(chance.between(20, 300));
  },
};
