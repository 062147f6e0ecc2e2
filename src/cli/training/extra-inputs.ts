import { entryClasses, readEntry } from '../../geo/cell-entry.js';
import type { CellEntry } from '../../geo/cell-entry.js';
import type { ExtraInput } from '../../model/training/parameters.js';
import type { DrivenRuns } from '../../model/training/sequences.js';

/** Inputs beside the cells that a network can be trained with. 0 is padding, or what is not known. */
export const extraInputNames = ['time', 'gap', 'place', 'heading', 'speed'] as const;

/** One of them. */
export type ExtraInputName = (typeof extraInputNames)[number];

const halfHourMs = 1_800_000;
const halfHours = 48;
/** Weekdays, Saturdays, Sundays. */
const dayTypes = 3;
/** Seconds below which a gap is in each class; longer ones are in one more. */
const gapsS = [10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 120, 150, 200, 300, 450];

const sizes: Readonly<Record<ExtraInputName, number>> = {
  time: 1 + dayTypes * halfHours,
  gap: 2 + gapsS.length,
  ...entryClasses,
};

/** The input as a network's shape names it. */
export function extraInput(name: ExtraInputName): ExtraInput {
  return { name, size: sizes[name] };
}

/**
 * The half-hour of the day of a time, 1 … 144: 48 of weekdays, 48 of Saturdays, 48 of Sundays.
 * The answers for a half-hour are kept: a time zone is asked once for each.
 */
export function halfHourIn(timeZone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  const known = new Map<number, number>();
  const ask = (timeMs: number): number => {
    const parts = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, value]));
    const half = 2 * Number(parts.get('hour')) + (Number(parts.get('minute')) < 30 ? 0 : 1);
    const dayType = ['Sat', 'Sun'].indexOf(parts.get('weekday') ?? '') + 1;
    return 1 + dayType * halfHours + half;
  };
  return (timeMs) => {
    const key = Math.floor(timeMs / halfHourMs);
    const answer = known.get(key) ?? ask(timeMs);
    known.set(key, answer);
    return answer;
  };
}

/** For each cell the class of the time since the cell before; 0 for the first of a run. */
function gapsOf({ timesMs, starts }: DrivenRuns): Int32Array {
  const gaps = timesMs.map((timeMs, at) => timeMs - (timesMs[at - 1] ?? timeMs));
  const classes = Int32Array.from(gaps, (gapMs) => {
    const place = gapsS.findIndex((limitS) => gapMs < 1000 * limitS);
    return 1 + (place === -1 ? gapsS.length : place);
  });
  for (const start of starts.subarray(0, -1)) classes[start] = 0;
  return classes;
}

function columnOf(name: ExtraInputName, runs: DrivenRuns, timeZone: string): Int32Array {
  switch (name) {
    case 'time':
      return Int32Array.from(runs.timesMs, halfHourIn(timeZone));
    case 'gap':
      return gapsOf(runs);
    default:
      return ofEntries(runs, name);
  }
}

function ofEntries({ entries }: DrivenRuns, name: keyof CellEntry): Int32Array {
  return entries.map((entry) => readEntry(entry)[name]);
}

/** The same runs with the values of extra inputs. */
export function withExtraInputs(
  runs: DrivenRuns,
  names: readonly ExtraInputName[],
  timeZone: string,
): DrivenRuns {
  return { ...runs, extras: names.map((name) => columnOf(name, runs, timeZone)) };
}
