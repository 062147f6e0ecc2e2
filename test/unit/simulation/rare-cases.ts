import type { Action, PlannedFix } from './actions.js';
import type { Fate } from './waiting-calls.js';

const answered: Fate = { outcome: 'answered', size: 16, late: false };
/** Of lane 1. */
const lane = 1;
const windower = 0;
const firstStage = 1;
const sink = 3;
/** The place of a cell on which the first stage's engine fails. */
const badPlace = 4;

function feed(vehicle: 2 | 3, place: number, cares: Partial<PlannedFix> = {}): Action {
  const fix = { vehicle, place, afterMs: 60_000, clockMs: 0, form: 'avro', ...cares } as const;
  return { kind: 'feed', fixes: [fix] };
}

function run(roles: number): Action {
  return { kind: 'run', calls: 30, size: 16, roles };
}

/** A lane goes to a new worker; then the new one (1) and the one before (0) take turns. */
function start(role: number, ...turns: (0 | 1)[]): Action {
  const made = turns.map((isNew) => ({ isNew: isNew === 1, fate: answered }));
  return { kind: 'start', role, lane, turns: made };
}

/** The newest worker, or the one so many before it, goes on by some calls. */
function step(worker: number, calls: number, outcome: Fate['outcome'] = 'answered'): Action {
  const picks = new Array<number>(calls).fill(0);
  return { kind: 'step', worker, picks, fate: { ...answered, outcome } };
}

/** The newest worker dies as soon as it writes; nothing of that arrives but `atLast`. */
function killWriting(atLast: readonly number[]): Action {
  return { ...killAfter(atLast), before: new Array<number>(15).fill(0), isWriting: true };
}

/** The newest worker dies after these calls; nothing else that is on its way arrives. */
function killAfter(atLast: readonly number[]) {
  const nothing = { before: [], isWriting: false, after: [], late: false };
  return { kind: 'kill', worker: 0, atLast, commits: true, ...nothing } as const;
}

/** What chance comes upon too seldom: played out for every property, before the random worlds. */
export const rareCases: readonly (readonly Action[])[] = [
  // A stage dies before the letter of what it could not read is there, but not what comes behind.
  [feed(2, 0), run(2), litter(0, 1), feed(2, 1), run(1), killWriting([1])],
  // … before the letter of an item that failed.
  [feed(2, badPlace), run(1), start(firstStage), killWriting([1])],
  // A windower dies before the letter of a bad fix, or a fix without a key, is on its way.
  [feed(2, 0, { form: 'unreadable' }), feed(2, 0), start(windower), killWriting([1])],
  [feed(2, 1, { form: 'keyless' }), feed(2, 0), start(windower), killWriting([1])],
  // A sink commits between the two things that the one after it does first.
  [feed(2, 1), run(3), start(sink), step(0, 6), start(sink, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1)],
  [feed(2, 1), run(3), start(sink), step(0, 6), start(sink, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1)],
  // What a sink writes is lost, and what comes behind it is not.
  [
    ...[feed(2, 1), run(3), start(sink), step(0, 6), step(0, 1, 'request lost')],
    ...[feed(2, 2), run(3), step(0, 4)],
  ],
  // A lane's request is lost with its windower, and what came behind it is not.
  [feed(2, 0), start(windower), step(0, 8), feed(2, 1), killAfter([1, 1])],
  // The first request of a lane is lost with its windower, just when progress is committed.
  [feed(2, 0), start(windower), killWriting([])],
  // An old record arrives behind newer ones, and what nobody can read hides those: the commit is
  // ahead of what the output shows.
  [
    ...[feed(2, 0), run(1), start(firstStage), step(0, 5), start(firstStage), step(0, 12)],
    ...[feed(2, 1), run(1), step(0, 6), { kind: 'commit', worker: 0 } as const, step(1, 1)],
    litter(1, 7),
  ],
  // A window's record has an earlier time than its fix, and both are nearly forgotten.
  [
    ...[feed(2, 0), clock(30_000), run(1), clock(0), feed(3, 0, { afterMs: 3_590_000 }), run(1)],
    start(windower),
  ],
  // The clock steps back, and a vehicle that came later is older than the one before it.
  [
    feed(3, 0),
    clock(30_000),
    feed(2, 0, { afterMs: 0 }),
    feed(2, 1, { afterMs: 3_601_000, clockMs: -7_200_000 }),
  ],
];

function clock(behindMs: number): Action {
  return { kind: 'clock', behindMs };
}

function litter(topic: number, records: number): Action {
  return { kind: 'litter', topic, lane, records };
}
