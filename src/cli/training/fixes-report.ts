import { forEachTransition } from '../../model/training/sequences.js';
import { parts } from './vehicle-split.js';
import type { Area } from '../../geo/area.js';
import type { Grid } from '../../geo/grid.js';
import type { FixesData } from '../../model/training/card.js';
import type { DrivenRuns } from '../../model/training/sequences.js';
import type { Track, TracksReading } from '../../producer/feeds/tracks.js';

/** What one should know of a file of fixes before one trains on it. */
export interface FixesReport {
  /** A few lines that were wrong, each with what is wrong. */
  readonly examples: readonly string[];
  readonly sortedVehicles: number;
  /** Fixes inside of the area, in squares that are no cells. */
  readonly inNoCell: number;
  /** Cells entered by a vehicle: of the vehicle in the middle. */
  readonly medianItems: number;
  /** Moves within the grid, of all parts, by how many squares they go at most in one direction. */
  readonly moves: {
    readonly toNeighbour: number;
    readonly overOneSquare: number;
    readonly overMore: number;
  };
}

/** How many fixes lie outside of the area, and how many in it in squares that are no cells. */
export function placesOf(
  tracks: readonly Track[],
  area: Area,
  grid: Grid,
): { outside: number; inNoCell: number } {
  let [outside, inNoCell] = [0, 0];
  for (const { latitudes, longitudes } of tracks) {
    latitudes.forEach((latitude, at) => {
      const longitude = longitudes[at] ?? NaN;
      if (grid.cellAt(latitude, longitude) !== 0) return;
      if (area.holds(latitude, longitude)) inNoCell += 1;
      else outside += 1;
    });
  }
  return { outside, inNoCell };
}

/** Counts moves from one cell to another; those from or to cell 0 have no length. */
export function movesOf(all: readonly DrivenRuns[], grid: Grid): FixesReport['moves'] {
  const { latitude: rowDeg, longitude: columnDeg } = grid.toJSON().cellSizeDeg;
  const bounds = Array.from({ length: grid.size }, (_, index) => grid.boundsOf(index + 1));
  const counts = [0, 0, 0];
  for (const runs of all) {
    forEachTransition(runs, (position) => {
      const from = bounds[(runs.cells[position] ?? 0) - 1];
      const to = bounds[(runs.cells[position + 1] ?? 0) - 1];
      if (from === undefined || to === undefined) return;
      const rows = Math.round(Math.abs(from.north - to.north) / rowDeg);
      const columns = Math.round(Math.abs(from.west - to.west) / columnDeg);
      const kind = Math.min(3, Math.max(rows, columns)) - 1;
      counts[kind] = (counts[kind] ?? 0) + 1;
    });
  }
  const [toNeighbour = 0, overOneSquare = 0, overMore = 0] = counts;
  return { toNeighbour, overOneSquare, overMore };
}

/** Cells that the vehicle in the middle entered; vehicles that entered none are counted too. */
export function medianItems(all: readonly DrivenRuns[], vehicles: number): number {
  const counts = all.flatMap(({ vehicles: drivers, starts }) => {
    const entered = new Map<number, number>();
    drivers.forEach((driver, run) => {
      const cells = (starts[run + 1] ?? 0) - (starts[run] ?? 0);
      entered.set(driver, (entered.get(driver) ?? 0) + cells);
    });
    return [...entered.values()];
  });
  const withNone = Array.from({ length: Math.max(0, vehicles - counts.length) }, () => 0);
  const sorted = [...counts, ...withNone].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** What was wrong with lines, in words. */
export function examplesOf({ examples }: TracksReading): string[] {
  return examples.map(({ line, code, message }) => `line ${line}: ${code}: ${message}`);
}

const thousands = (value: number): string => value.toLocaleString('en-US');
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

function shareOf(part: number, whole: number): string {
  return `${thousands(part)} (${((100 * part) / Math.max(1, whole)).toFixed(1)} %)`;
}

function codes(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  return entries.length === 0
    ? 'none'
    : entries.map(([code, count]) => `${thousands(count)} ${code}`).join(', ');
}

/** The report as text for a terminal. */
export function renderFixesReport(report: FixesReport, data: FixesData, grid: Grid): string {
  const all = parts.map((part) => data[part]);
  const fixes = sum(all.map((part) => part.fixes));
  const { toNeighbour, overOneSquare, overMore } = report.moves;
  const moves = toNeighbour + overOneSquare + overMore;
  const { rows, columns } = grid.toJSON();
  return [
    `${thousands(fixes)} fixes of ${thousands(sum(all.map(({ vehicles }) => vehicles)))} vehicles; lines that were no fixes: ${codes(data.badLines)}`,
    ...report.examples.map((example) => `  ${example}`),
    `vehicles whose lines had to be put in the order of their times: ${thousands(report.sortedVehicles)}`,
    `fixes outside of the area: ${shareOf(data.outside, fixes)}; in squares that are no cells: ${shareOf(report.inNoCell, fixes)}`,
    `grid ${grid.name}: ${thousands(grid.size)} cells of ${rows} × ${columns} squares`,
    `cells entered by the vehicle in the middle: ${thousands(report.medianItems)}`,
    `moves to a neighbouring cell: ${shareOf(toNeighbour, moves)}; over one square: ${shareOf(overOneSquare, moves)}; over more: ${shareOf(overMore, moves)}`,
    '             vehicles     fixes   cells entered  next cell known   rejected',
    ...parts.map((name) => {
      const part = data[name];
      const figures = [
        thousands(part.vehicles).padStart(8),
        thousands(part.fixes).padStart(9),
        thousands(part.items).padStart(15),
        thousands(part.transitions).padStart(16),
      ];
      return `  ${name.padEnd(11)}${figures.join(' ')}   ${codes(part.rejected)}`;
    }),
  ].join('\n');
}
