import fc from 'fast-check';
import type { Fate } from './waiting-calls.js';

/** A fix that somebody sends. Numbers are taken modulo what there is. */
export interface PlannedFix {
  readonly vehicle: number;
  readonly place: number;
  /** How long after the fix before. Milliseconds. */
  readonly afterMs: number;
  /** Its own time, compared with the moment at which it is sent. Milliseconds. */
  readonly clockMs: number;
  readonly form: 'avro' | 'json' | 'keyless' | 'unreadable' | 'wrong key' | 'control record';
}

/** A call of one of two workers that both believe they own a lane. */
interface Turn {
  readonly isNew: boolean;
  readonly fate: Fate;
}

/** One thing that happens in the simulated world. Numbers are taken modulo what there is. */
export type Action =
  | { readonly kind: 'feed'; readonly fixes: readonly PlannedFix[] }
  /** The broker's clock is so far behind from now on, as when another one takes over. */
  | { readonly kind: 'clock'; readonly behindMs: number }
  /** Somebody writes what nobody knows to a topic between the workers. */
  | {
      readonly kind: 'litter';
      readonly topic: number;
      readonly lane: number;
      readonly records: number;
    }
  /** A lane is given to a new worker; the one before does not know, and both take their turns. */
  | {
      readonly kind: 'start';
      readonly role: number;
      readonly lane: number;
      readonly turns: readonly Turn[];
    }
  /** The newest workers go on, each by as many calls; where there is none, one starts. */
  | {
      readonly kind: 'run';
      readonly calls: number;
      readonly size: number;
      /** How many of the roles, from the windower on. */
      readonly roles: number;
    }
  /** One worker, perhaps one that lost its lane long ago or is dead, has calls arrive. */
  | {
      readonly kind: 'step';
      readonly worker: number;
      readonly picks: readonly number[];
      readonly fate: Fate;
    }
  | { readonly kind: 'commit'; readonly worker: number }
  | {
      readonly kind: 'kill';
      readonly worker: number;
      /** Until then these calls arrive, and are answered. */
      readonly before: readonly number[];
      /** Whether that ends as soon as it has something to be written on its way. */
      readonly isWriting: boolean;
      /** Then these arrive, and are answered. */
      readonly atLast: readonly number[];
      /** Whether its progress is committed just before. */
      readonly commits: boolean;
      /** Of what it has on its way to the broker then, this arrives at once. */
      readonly after: readonly number[];
      /** Whether the rest can arrive later. */
      readonly late: boolean;
    };

const second = 1_000;
const minute = 60 * second;

function weighted<T>(...choices: readonly (readonly [weight: number, value: T])[]) {
  return fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
}

/** @param pause how long after the fix before */
function fixes(pause: fc.Arbitrary<number>): fc.Arbitrary<readonly PlannedFix[]> {
  const plannedFix = fc.record({
    vehicle: fc.nat({ max: 3 }),
    place: fc.nat({ max: 6 }),
    afterMs: pause,
    // More than 5 minutes ahead is the future; before the vehicle's last item is too late.
    clockMs: weighted([15, 0], [2, -2 * minute], [2, -180 * minute], [1, 6 * minute]),
    form: weighted<PlannedFix['form']>(
      [10, 'avro'],
      [3, 'json'],
      [2, 'keyless'],
      [1, 'unreadable'],
      [1, 'wrong key'],
      [1, 'control record'],
    ),
  });
  return fc.array(plannedFix, { minLength: 1, maxLength: 8, size: 'max' });
}

/** A trip ends after 10 minutes, and a vehicle is forgotten after an hour. */
const dense = fixes(
  weighted([12, minute], [2, 20 * second], [1, 0], [1, 11 * minute], [1, 61 * minute]),
);
const sparse = fixes(weighted([3, 0], [1, 10 * second], [2, 60 * minute - 10 * second]));

/** The newest are most likely to have something to do. */
const index = fc.oneof(fc.nat({ max: 7 }), fc.nat({ max: 31 }));
const lane = fc.nat({ max: 1 });
const size = weighted([1, 0], [2, 1], [2, 2], [2, 4], [2, 16]);

const fate: fc.Arbitrary<Fate> = fc.record({
  outcome: weighted<Fate['outcome']>([8, 'answered'], [2, 'answer lost'], [1, 'request lost']),
  size,
  late: fc.boolean(),
});
const feed = fc.record({
  kind: fc.constant('feed' as const),
  fixes: fc.oneof({ weight: 4, arbitrary: dense }, { weight: 1, arbitrary: sparse }),
});
const clock = fc.record({
  kind: fc.constant('clock' as const),
  behindMs: weighted([1, 0], [1, 10 * second], [1, 30 * second]),
});
const litter = fc.record({
  kind: fc.constant('litter' as const),
  topic: fc.nat({ max: 2 }),
  lane,
  records: weighted([2, 1], [1, 7]),
});
const start = fc.record({
  kind: fc.constant('start' as const),
  role: weighted([2, 0], [1, 1], [1, 2], [2, 3]),
  lane,
  turns: fc.array(fc.record({ isNew: weighted([2, true], [1, false]), fate }), {
    maxLength: 30,
    size: 'max',
  }),
});
const run = fc.record({
  kind: fc.constant('run' as const),
  calls: fc.integer({ min: 1, max: 30 }),
  size,
  roles: weighted([3, 4], [1, 3], [1, 2], [1, 1]),
});
const commit = fc.record({ kind: fc.constant('commit' as const), worker: index });

/** Mostly the oldest call, at times the one behind it. */
const picks = fc.array(weighted([3, 0], [1, 1]), { maxLength: 15, size: 'max' });

function kill(late: fc.Arbitrary<boolean>) {
  return fc.record({
    kind: fc.constant('kill' as const),
    worker: index,
    before: picks,
    isWriting: fc.boolean(),
    atLast: fc.constantFrom([], [], [0], [1], [1, 1]),
    commits: fc.boolean(),
    after: fc.constantFrom([], [0], [1], [0, 0]),
    late,
  });
}

const step = fc.record({
  kind: fc.constant('step' as const),
  worker: index,
  picks,
  fate,
});

/** Duplicates, overlaps, restarts, zombies and late arrivals in any order. */
export const anyActions: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: feed },
    { weight: 7, arbitrary: run },
    { weight: 8, arbitrary: step },
    { weight: 4, arbitrary: start },
    { weight: 2, arbitrary: commit },
    { weight: 3, arbitrary: kill(fc.boolean()) },
    { weight: 1, arbitrary: clock },
    { weight: 2, arbitrary: litter },
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);

/** Workers are killed between any two calls and replaced. */
export const restartsOnly: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: feed },
    { weight: 7, arbitrary: run },
    { weight: 2, arbitrary: commit },
    { weight: 2, arbitrary: kill(fc.constant(false)) },
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);
