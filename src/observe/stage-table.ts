import { renderColumns, widestThatFits, widthOf, type Column } from './columns.js';
import { formatBytes, formatMean, formatMs, formatShortCount } from './figures.js';
import type { StageName, StageRow } from './rates.js';
import { orDash, paint, type TerminalStyle } from './terminal.js';

interface StageColumn extends Column {
  readonly text: (row: StageRow, style: TerminalStyle) => string;
}

function right(title: string, width: number, text: StageColumn['text']): StageColumn {
  return { title, width, align: 'right', text };
}

const stage: StageColumn = {
  title: 'stage',
  width: 10,
  align: 'left',
  text: (row, style) => paint(stageLabel(row), 'bold', style),
};
const workers = right('workers', 9, (row, style) =>
  row.workers > 0 ? formatShortCount(row.workers) : paint('none', 'red', style),
);
const lag = right('lag', 9, (row, style) =>
  orDash(row.role === 'feed' ? null : row.lag, formatShortCount, style),
);
const rate = right('items/s', 9, (row) => formatMean(row.itemsPerS));
const batch = right('batch', 7, (row, style) => orDash(row.batchItems, formatMean, style));
const infer = right('infer', 9, (row, style) =>
  orDash(row.role === 'stage' ? row.inferenceMs : null, formatMs, style),
);
const decode = right('decode', 9, (row, style) => orDash(row.decodeMs, formatMs, style));
const encode = right('encode', 9, (row, style) => orDash(row.encodeMs, formatMs, style));
const codec = right('codec', 9, ({ decodeMs, encodeMs }, style) => {
  const codecMs = decodeMs === null && encodeMs === null ? null : (decodeMs ?? 0) + (encodeMs ?? 0);
  return orDash(codecMs, formatMs, style);
});
const payload = right('payload', 9, (row, style) => orDash(row.payloadBytes, formatBytes, style));
const memory = right('memory', 9, (row, style) =>
  orDash(row.workers > 0 ? row.rssBytes : null, formatBytes, style),
);
const dead = right('dead', 7, (row, style) =>
  row.deadLetters > 0
    ? paint(formatShortCount(row.deadLetters), 'yellow', style)
    : formatShortCount(row.deadLetters),
);

/** Widest first. */
const layouts: readonly (readonly StageColumn[])[] = [
  [stage, workers, lag, rate, batch, infer, decode, encode, payload, memory, dead],
  [stage, workers, lag, rate, batch, infer, codec, payload, dead],
  [stage, workers, lag, rate, infer],
];

/** A stage as people call it: `windower`, `stage 2`, `sink`. */
export function stageLabel({ role, stage: number }: StageName): string {
  return role === 'stage' ? `stage ${number}` : role;
}

/** Characters that the table of stages takes beside each other. */
export function stageTableWidth(style: TerminalStyle): number {
  return widthOf(widestThatFits(layouts, style));
}

/** The lines of the table of stages, with as many columns as have room. */
export function stageTable(rows: readonly StageRow[], style: TerminalStyle): readonly string[] {
  const layout = widestThatFits(layouts, style);
  const lines = renderColumns(
    layout,
    rows.map((row) => layout.map((column) => column.text(row, style))),
    style,
  );
  return rows.length > 0 ? lines : [...lines, ' waiting for the first reports'];
}
