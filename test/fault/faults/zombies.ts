import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import { sinkTakenOver, takenOver } from './kills.js';

/** A worker that is stopped past its session, while its successor is at work, and then goes on. */
function zombie(role: string, what: string, promisedMs = takenOver): Fault {
  return {
    name: `zombie ${role}`,
    guarantee: `a ${what} that was frozen and comes back beside its successor spoils nothing`,
    times: { full: 3, short: 1 },
    promisedMs,
    inject: async ({ stand, chance, sessionTimeoutMs }) => {
      const { workers } = stand;
      const name = chance.of(workers.names.filter((worker) => worker.startsWith(`${role}-`)));
      workers.signal(name, 'SIGSTOP');
      try {
        const stoppedMs = Date.now();
        await delay(sessionTimeoutMs);
        // Every lane moves: those of the frozen one are its successor's now.
        await stand.untilMovingSince(stoppedMs + sessionTimeoutMs);
        await delay(chance.between(0, 1_000));
      } finally {
        workers.signal(name, 'SIGCONT');
      }
    },
  };
}

export const zombies: readonly Fault[] = [
  zombie('windower', 'windower'),
  zombie('stage-1', 'worker of the first stage'),
  zombie('sink', 'sink', sinkTakenOver),
];
