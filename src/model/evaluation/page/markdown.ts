import type { Estimate } from '../figures.js';

/** A Markdown table whose first row is its head, as prettier would lay it out. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** A whole number with commas. */
export function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A share as `67.8 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A share with its interval: `67.8 % (67.1–68.4)`. */
export function percentEstimate({ value, low, high }: Estimate): string {
  return `${percent(value)} (${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)})`;
}

/** A difference of shares in percentage points: `+4.1 (+3.8 … +4.4)`. */
export function pointsEstimate({ value, low, high }: Estimate): string {
  const points = (share: number): string =>
    `${share < 0 ? '−' : '+'}${(100 * Math.abs(share)).toFixed(1)}`;
  return `${points(value)} (${points(low)} … ${points(high)})`;
}

/** A distance with its interval: `502 m (500–504)`. */
export function metresEstimate(estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const { value, low, high } = estimate;
  return `${thousands(value)} m (${thousands(low)}–${thousands(high)})`;
}

/** A value that came from a file, safe in a table's cell. */
export function cellText(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
