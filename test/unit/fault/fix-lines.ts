/** A fix, and what the rules make of it, reckoned by hand. */
export interface FixLine {
  readonly lane: number;
  readonly offset: number;
  readonly vehicle: string;
  readonly eventTimeMs: number;
  readonly ingestTimeMs: number;
  readonly key: string | null;
  readonly value: string;
  /** The window of its item; a dead letter's code; nothing. */
  readonly gives: readonly [number, number, number] | string | null;
}

const startMs = 1_600_000_000_000;
const minuteMs = 60_000;

interface Odd {
  readonly key?: null;
  readonly value?: string;
}

function fix(
  [lane, offset]: readonly [number, number],
  [vehicle, minute, cell]: readonly [string, number, number],
  gives: FixLine['gives'],
  odd: Odd = {},
): FixLine {
  const eventTimeMs = startMs + minute * minuteMs;
  const place = { latitude: 0, longitude: cell + 0.5 };
  return {
    ...{ lane, offset, vehicle, eventTimeMs, gives },
    ingestTimeMs: 1_700_000_000_000 + 100 * offset,
    key: vehicle,
    value: JSON.stringify({ vehicleId: vehicle, eventTime: eventTimeMs, ...place }),
    ...odd,
  };
}

/**
 * Fixes on the toy grid: cells 1 … 9 along a line. `[lane, offset], [vehicle, minute, cell], what it
 * gives`. Windows have three cells, a trip ends after ten minutes.
 */
export const lines: readonly FixLine[] = [
  // Before the plan: its cell is in no window.
  fix([0, 99], ['a', -1, 2], null),
  // Before the part that is judged: its cells are in the windows of the part.
  fix([0, 100], ['a', 0, 1], [0, 0, 1]),
  fix([0, 101], ['é\tb', 0, 4], [0, 0, 4]),
  fix([0, 102], ['a', 1, 2], [0, 1, 2]),
  fix([0, 103], ['é\tb', 1, 5], [0, 4, 5]),
  // It stays.
  fix([0, 104], ['a', 2, 2], null),
  fix([0, 105], ['é\tb', 2, 6], [4, 5, 6]),
  fix([0, 106], ['a', 3, 3], [1, 2, 3]),
  fix([0, 107], ['é\tb', 3, 5], [5, 6, 5]),
  fix([0, 108], ['a', 4, 4], [2, 3, 4]),
  fix([0, 109], ['a', 5, 5], [3, 4, 5]),
  // Behind the part that is judged: it may have no prediction yet.
  fix([0, 110], ['é\tb', 4, 4], null),

  fix([1, 0], ['c', 0, 1], [0, 0, 1]),
  fix([1, 1], ['p', 0, 7], [0, 0, 7]),
  // The network gives no number.
  fix([1, 2], ['p', 1, 8], 'poisoned'),
  fix([1, 3], ['c', 1, 2], [0, 1, 2]),
  // The network throws.
  fix([1, 4], ['q', 0, 9], 'poisoned'),
  fix([1, 5], ['c', 1, 3], 'INVALID_RECORD', { value: '{"vehicleId":' }),
  fix([1, 6], ['c', 0, 3], 'FIX_TOO_LATE'),
  // 4.5 km from the edge of cell 2, in a second.
  fix([1, 7], ['c', 1 + 1 / 60, 7], 'FIX_NOT_PLAUSIBLE'),
  // Without a key it is sent on to its vehicle's lane.
  fix([1, 8], ['c', 2, 3], null, { key: null }),
  // New trips, with windows of their own.
  fix([1, 9], ['p', 20, 7], [0, 0, 7]),
  fix([1, 10], ['q', 20, 5], [0, 0, 5]),
  fix([1, 11], ['c', 2, 3], [1, 2, 3]),
];
