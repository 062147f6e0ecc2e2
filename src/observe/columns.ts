import Table from 'cli-table3';
import { paint, type TerminalStyle } from './terminal.js';

/** One column of a table for people. */
export interface Column {
  readonly title: string;
  /** Characters, a space on either side included: fixed, so that a live table stands still. */
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** Characters that columns take beside each other. */
export function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0);
}

/** Of some choices of columns, widest first, the first that the style has room for, else the last. */
export function widestThatFits<C extends Column>(
  layouts: readonly (readonly C[])[],
  style: TerminalStyle,
): readonly C[] {
  const fitting = layouts.find((layout) => widthOf(layout) <= style.columns);
  return fitting ?? layouts.at(-1) ?? [];
}

/** Lines of a table without a frame: titles, a rule, and rows of cells that may be painted. */
export function renderColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TerminalStyle,
): readonly string[] {
  const table = new Table({
    head: columns.map(({ title }) => paint(title, 'faint', style)),
    colWidths: columns.map(({ width }) => width),
    colAligns: columns.map(({ align }) => align),
    truncate: style.rich ? '…' : '~',
    chars: frameless,
    // cli-table3 paints by itself where its own styles aren't emptied.
    style: { head: [], border: [], compact: true, 'padding-left': 1, 'padding-right': 1 },
  });
  table.push(...rows.map((row) => [...row]));
  const [titles = '', ...body] = table.toString().split('\n');
  const rule = (style.rich ? '─' : '-').repeat(widthOf(columns) - 2);
  return [titles, ` ${paint(rule, 'faint', style)}`, ...body];
}

const frameless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
