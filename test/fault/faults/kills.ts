import { setTimeout as delay } from 'node:timers/promises';
import type { Arena, Fault } from '../fault.js';

/** A dead worker's lanes go to its peer when its session has ended. */
export const takenOver = (sessionTimeoutMs: number): number => 1.5 * sessionTimeoutMs;
/** Those of a sink later: what it had begun has to be aborted first. */
export const sinkTakenOver = (sessionTimeoutMs: number): number =>
  takenOver(sessionTimeoutMs) + 1_000;

function killed(role: string, what: string, promisedMs = takenOver): Fault {
  return {
    name: `kill ${role}`,
    guarantee: `a killed ${what} loses, repeats and reorders nothing, and its peer goes on with its lanes`,
    times: { full: 6, short: 1 },
    promisedMs,
    inject: ({ stand: { workers }, chance }) =>
      workers.kill(chance.of(workersOf(workers.names, role))),
  };
}

function workersOf(names: readonly string[], role: string): string[] {
  return names.filter((name) => name.startsWith(`${role}-`));
}

const several: Fault = {
  name: 'kill several',
  guarantee: 'several workers killed at once lose, repeat and reorder nothing',
  times: { full: 6, short: 1 },
  inject: ({ stand: { workers }, chance }) => {
    const count = Math.floor(chance.between(2, workers.names.length));
    return workers.kill(...chance.some(count, workers.names));
  },
};

const all: Fault = {
  name: 'kill all',
  guarantee: 'all workers killed at once lose, repeat and reorder nothing',
  times: { full: 3, short: 1 },
  inject: ({ stand: { workers } }) => workers.kill(...workers.names),
};

/** So long after its start a worker is killed, at most: before, while or after it joins its group. */
const crashWithinMs = 2_500;
const crashes = 4;

async function crashAgainAndAgain({ stand: { workers }, chance }: Arena): Promise<void> {
  const name = chance.of(workers.names);
  let pid: number | undefined;
  for (let count = 0; count < crashes; count += 1) {
    while (workers.pidOf(name) === undefined || workers.pidOf(name) === pid) await delay(20);
    pid = workers.pidOf(name);
    await delay(chance.between(0, crashWithinMs));
    await workers.kill(name);
  }
}

const crashLoop: Fault = {
  name: 'crash loop',
  guarantee: 'a worker that dies again and again while it starts harms none of its peers’ lanes',
  times: { full: 3, short: 1 },
  inject: crashAgainAndAgain,
};

export const kills: readonly Fault[] = [
  killed('windower', 'windower'),
  killed('stage-1', 'worker of the first stage'),
  killed('stage-2', 'worker of the last stage'),
  killed('sink', 'sink', sinkTakenOver),
  several,
  all,
  crashLoop,
];
