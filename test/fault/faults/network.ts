import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import type { NetworkFault } from '../tcp-proxy.js';

/** The client id that a worker's connections have is its role. */
function spoiled(
  name: string,
  guarantee: string,
  fault: NetworkFault,
  lastsMs: (sessionTimeoutMs: number) => number,
): Fault {
  return {
    name,
    guarantee,
    times: { full: 4, short: 1 },
    inject: async ({ stand, cluster, chance, sessionTimeoutMs }) => {
      const role = chance.of(stand.roles);
      cluster.spoil(role, fault);
      await delay(lastsMs(sessionTimeoutMs));
      cluster.mend(role);
    },
  };
}

export const network: readonly Fault[] = [
  spoiled(
    'slow network',
    'a slow network between a worker and the brokers changes nothing but the latency',
    { kind: 'latency', ms: 200 },
    () => 3_000,
  ),
  spoiled(
    'stalled network',
    'a network between a worker and the brokers that swallows everything for a while spoils nothing',
    { kind: 'stall' },
    (sessionTimeoutMs) => 0.8 * sessionTimeoutMs,
  ),
  spoiled(
    'reset connections',
    'connections that are reset in the midst of an answer lose, repeat and reorder nothing',
    { kind: 'reset' },
    () => 1_000,
  ),
  spoiled(
    'cut network',
    'a worker that is cut off for longer than its session is replaced, and comes back, without harm',
    { kind: 'cut' },
    (sessionTimeoutMs) => 1.5 * sessionTimeoutMs,
  ),
];
