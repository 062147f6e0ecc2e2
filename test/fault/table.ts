import Table from 'cli-table3';
import type { Row } from './campaign.js';
import { isSound } from './judge.js';
import { median } from './standstill.js';

/** What a whole run has come to. */
export interface CampaignResult {
  readonly seed: number;
  readonly seconds: number;
  readonly rows: readonly Row[];
  /** Faults that could not be injected here, and why. */
  readonly skipped: readonly string[];
}

function secondsText(ms: number | null): string {
  return ms === null ? '' : (ms / 1000).toFixed(1);
}

/** One line for each fault. */
export function renderTable(rows: readonly Row[]): string {
  const head = ['fault', 'times', 'expected', 'lost', 'repeated', 'reordered', 'wrong'];
  const table = new Table({
    head: [...head, 'standstill s: median', 'worst', 'promised'],
    style: { head: [], border: [] },
    colAligns: ['left', ...Array.from({ length: 9 }, () => 'right' as const)],
  });
  for (const row of rows) {
    const { fault, injected, expected, lost, repeated, reordered, wrong, standstillsMs } = row;
    const worst = standstillsMs.length === 0 ? null : Math.max(...standstillsMs);
    table.push([
      ...[fault, injected, expected, lost, repeated, reordered, wrong],
      ...[median(standstillsMs), worst, row.promisedMs].map(secondsText),
    ]);
  }
  return table.toString();
}

/** How many faults, how many of them kept their promises, and what was left out. */
export function renderTotals({ seed, seconds, rows, skipped }: CampaignResult): string {
  const total = (count: (row: Row) => number): number =>
    rows.reduce((sum, row) => sum + count(row), 0);
  const promised = rows.filter(({ promisedMs }) => promisedMs !== null);
  const within = (row: Row): number =>
    row.standstillsMs.filter((ms) => ms <= (row.promisedMs ?? Infinity)).length;
  const lines = [
    `${total(({ injected }) => injected)} faults in ${seconds} s with seed ${seed}; ${total(({ expected }) => expected)} predictions expected; ${rows.filter(isSound).length} of ${rows.length} rows are sound.`,
    `Standstill within what is promised: ${promised.reduce((sum, row) => sum + within(row), 0)} of ${promised.reduce((sum, row) => sum + row.standstillsMs.length, 0)} times.`,
    ...rows.flatMap(({ fault, note }) => (note === undefined ? [] : [`${fault}: ${note}.`])),
    ...skipped.map((text) => `Not injected: ${text}.`),
    ...rows.flatMap((row) =>
      isSound(row) ? [] : row.faults.map((text) => `${row.fault}: ${text}`),
    ),
  ];
  return lines.join('\n');
}
