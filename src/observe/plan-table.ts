import { workersOf, type PlannedRun, type PlannedStage } from '../partition/planner/planned-run.js';
import type { PlanTable } from '../partition/planner/plan-table.js';
import { cutsOf } from '../partition/plan-file.js';
import { renderColumns, widestThatFits, type Column } from './columns.js';
import { formatBytes, formatMean, formatMs } from './figures.js';
import { formatEnergy, nodeList, planSentences, type PlanWish } from './plan-sentences.js';
import { paint, type TerminalStyle } from './terminal.js';

/** A number of workers: the best run with so many, and the even cut's. */
interface Choice {
  readonly workers: number;
  readonly run: PlannedRun;
  readonly even: PlannedRun | null;
  readonly isChosen: boolean;
}

interface ChoiceColumn extends Column {
  readonly text: (choice: Choice) => string;
}

function right(title: string, width: number, text: ChoiceColumn['text']): ChoiceColumn {
  return { title, width, align: 'right', text };
}

const workers = right('workers', 9, ({ workers, isChosen }) => `${isChosen ? '> ' : ''}${workers}`);
const cuts: ChoiceColumn = {
  title: 'cut before',
  width: 14,
  align: 'left',
  text: ({ run }) => cutsOf(run).join(',') || 'uncut',
};
const split: ChoiceColumn = {
  title: 'a stage',
  width: 10,
  align: 'left',
  text: ({ run }) => run.stages.map(({ nodes }) => nodes.length).join('+'),
};
const bottleneck: ChoiceColumn = {
  title: 'bottleneck',
  width: 13,
  align: 'left',
  text: ({ run }) => `${run.bottleneck} ${run.stages[run.bottleneck - 1]?.limit ?? ''}`,
};
const rate = right('items/s', 9, ({ run }) => formatMean(run.itemsPerS));
const even = right('even', 8, ({ even }) => (even === null ? '-' : formatMean(even.itemsPerS)));
const latency = right('latency', 9, ({ run }) => formatMs(run.latencyMs));
const network = right('network', 10, ({ run }) => `${formatBytes(run.networkBytesPerS)}/s`);
const memory = right('memory', 9, ({ run }) => formatBytes(largest(run)));
const energy = right('energy', 9, ({ run }) => formatEnergy(run.energyJPerItem));

/** Widest first. */
const layouts: readonly (readonly ChoiceColumn[])[] = [
  [workers, cuts, split, bottleneck, rate, even, latency, network, memory, energy],
  [workers, cuts, split, rate, even, latency, network, memory],
  [workers, cuts, rate, latency, memory],
];

function largest({ stages }: PlannedRun): number {
  return Math.max(...stages.map(({ memoryBytes }) => memoryBytes));
}

/**
 * A plan for people, without a line break at its end: the best run with every number of workers, which
 * one is chosen and why, and what runs where.
 */
export function renderPlan(table: PlanTable, wish: PlanWish, style: TerminalStyle): string {
  return [
    '',
    ...choiceLines(table, wish, style),
    '',
    ...planSentences(table, wish).flatMap((text) => wrapped(plain(text, style), style)),
    '',
    ...placementLines(table.chosen, style),
  ].join('\n');
}

function choiceLines(
  { chosen, byNodeCount, even }: PlanTable,
  { optimal }: PlanWish,
  style: TerminalStyle,
): readonly string[] {
  const layout = widestThatFits(layouts, style);
  const cellsOf = (choice: Choice): readonly string[] => {
    const cells = layout.map((column) => plain(column.text(choice), style));
    return choice.isChosen ? cells.map((cell) => paint(cell, 'bold', style)) : cells;
  };
  const rows = byNodeCount.map((run, index): readonly string[] => {
    const count = index + 1;
    const figures = { workers: count, even: even[index] ?? null };
    if (run === null) return [String(count), 'none'];
    if (workersOf(run) < count) return [String(count), `as with ${workersOf(run)}`];
    return cellsOf({ ...figures, run, isChosen: optimal === null && count === workersOf(chosen) });
  });
  if (optimal !== null) {
    const [count, run] = [workersOf(chosen), chosen];
    rows.push(cellsOf({ workers: count, run, even: even[count - 1] ?? null, isChosen: true }));
  }
  const filled = rows.map((row) => [...row, ...layout.slice(row.length).map(() => '')]);
  return renderColumns(layout, filled, style);
}

interface PlacementColumn extends Column {
  readonly text: (stage: PlannedStage) => string;
}

const placementColumns: readonly PlacementColumn[] = [
  { title: 'layers', width: 10, align: 'left', text: ({ layers }) => spanOf(layers) },
  { title: 'compute', width: 10, align: 'right', text: ({ computeMs }) => formatMs(computeMs) },
  { title: 'hop', width: 10, align: 'right', text: ({ hopMs }) => formatMs(hopMs) },
  { title: 'items/s', width: 9, align: 'right', text: ({ itemsPerS }) => formatMean(itemsPerS) },
  { title: 'in', width: 9, align: 'right', text: ({ inBytes }) => formatBytes(inBytes) },
  { title: 'out', width: 9, align: 'right', text: ({ outBytes }) => formatBytes(outBytes) },
  { title: 'memory', width: 9, align: 'right', text: (stage) => formatBytes(stage.memoryBytes) },
];

/** What runs where; the nodes' names last, since there may be many. */
function placementLines({ stages }: PlannedRun, style: TerminalStyle): readonly string[] {
  const columns: readonly Column[] = [
    { title: 'stage', width: 7, align: 'left' },
    ...placementColumns,
  ];
  const cells = stages.map((stage, index) => [
    String(index + 1),
    ...placementColumns.map(({ text }) => plain(text(stage), style)),
  ]);
  const [titles = '', rule = '', ...rows] = renderColumns(columns, cells, style);
  const named = rows.map(
    (row, index) => `${row}  ${plain(nodeList(stages[index]?.nodes ?? []), style)}`,
  );
  return [`${titles}  ${paint('nodes', 'faint', style)}`, rule, ...named];
}

/** The layers of a sub-model: `0–6`, or `7` where it is one. */
export function spanOf({ from, to }: PlannedStage['layers']): string {
  return to - from === 1 ? String(from) : `${from}–${to - 1}`;
}

/** The signs that plans are told with, as ASCII where the style isn't rich. */
export function plain(text: string, style: TerminalStyle): string {
  if (style.rich) return text;
  return text
    .replaceAll('×', 'x')
    .replaceAll('µ', 'u')
    .replaceAll('–', '-')
    .replaceAll('…', '...')
    .replaceAll('’', "'");
}

/** Lines of words no longer than the style's columns. */
export function wrapped(text: string, style: TerminalStyle): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 2 > style.columns) {
      lines.push(` ${line}`);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, ` ${line}`];
}
