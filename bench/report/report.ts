import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { renderPlot, type Plot } from './plot.js';

export type { Plot, PlotPoint } from './plot.js';

/** A value of a table; null where there is none. */
export type Cell = string | number | null;

/** Rows that were measured in one run. */
export interface Rows {
  readonly title: string;
  /** Keys of the rows, in the order of the columns. A column's unit stands in its name. */
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** What one bench has found. */
export interface Report {
  /** Names the files: `engine`, … */
  readonly name: string;
  readonly title: string;
  /** Whether it was the short form, whose figures say little. */
  readonly isQuick: boolean;
  readonly tables: readonly Rows[];
  readonly plots: readonly Plot[];
  /** What a reader has to know, a sentence each. */
  readonly notes: readonly string[];
}

/** Where it was measured. */
interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly platform: string;
}

function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform}/${process.arch}`,
  };
}

/** A figure with as many digits as mean something. */
export function figure(value: Cell): string {
  if (value === null) return '–';
  if (typeof value === 'string' || Number.isInteger(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return digits > 6 ? value.toExponential(2) : value.toFixed(digits);
}

/** JSON with each row and each point on a line of its own. */
function jsonText(measured: object): string {
  const spread = JSON.stringify(measured, null, 2);
  return `${spread.replace(/\{[^{}[\]]*\}/g, (flat) => flat.replace(/\n */g, ' '))}\n`;
}

/** A table for a terminal. */
export function renderRows({ title, columns, rows }: Rows): string {
  const table = new Table({
    head: [...columns],
    style: { head: [], border: [], compact: true },
    colAligns: columns.map((column) =>
      rows.every((row) => typeof row[column] !== 'string') ? 'right' : 'left',
    ),
  });
  for (const row of rows) table.push(columns.map((column) => figure(row[column] ?? null)));
  return `${title}\n${table.toString()}\n`;
}

/**
 * Prints a report's tables and notes, and writes `NAME.json` and an SVG of each plot.
 *
 * @param folder is made where it is missing
 * @returns the files that were written
 */
export async function publish(report: Report, folder: string): Promise<string[]> {
  const { name, title, tables, plots, notes } = report;
  const where = machine();
  const { processor, cores, memoryGiB, node } = where;
  process.stdout.write(
    `\n${title}\n${cores} × ${processor}, ${memoryGiB} GiB, Node ${node}${report.isQuick ? '; the quick form: trust no figure of it' : ''}\n\n`,
  );
  for (const rows of tables) process.stdout.write(`${renderRows(rows)}\n`);
  for (const note of notes) process.stdout.write(`${note}\n`);
  await mkdir(folder, { recursive: true });
  const files = [join(folder, `${name}.json`)];
  const measured = { ...report, measuredAt: new Date().toISOString(), machine: where };
  await writeFile(join(folder, `${name}.json`), jsonText(measured));
  for (const plot of plots) {
    const file = join(folder, `${name}-${plot.name}.svg`);
    await writeFile(file, await renderPlot(plot));
    files.push(file);
  }
  process.stdout.write(`\n${files.map((file) => `→ ${file}\n`).join('')}`);
  return files;
}
