import type { PlannedRun, PlannedStage, PlanTable } from '../partition/planner/plan-for.js';
import { cutsOf } from '../partition/plan-file.js';
import { renderColumns, widestThatFits, type Column } from './columns.js';
import { formatBytes, formatMean, formatMs } from './figures.js';
import { formatEnergy, nodesOf, planSentences, type PlanWish } from './plan-sentences.js';
import { paint, type TerminalStyle } from './terminal.js';

/** One number of nodes: the best run on so many, and the even cut's. */
interface Choice {
  readonly nodes: number;
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

const nodes = right('nodes', 7, ({ nodes, isChosen }) => `${isChosen ? '> ' : ''}${nodes}`);
const cuts: ChoiceColumn = {
  title: 'cut before',
  width: 14,
  align: 'left',
  text: ({ run }) => cutsOf(run).join(',') || 'uncut',
};
const workers: ChoiceColumn = {
  title: 'workers',
  width: 11,
  align: 'left',
  text: ({ run }) => run.stages.map((stage) => stage.nodes.length).join('+'),
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
  [nodes, cuts, workers, bottleneck, rate, even, latency, network, memory, energy],
  [nodes, cuts, workers, rate, even, latency, network, memory],
  [nodes, cuts, rate, latency, memory],
];

function largest({ stages }: PlannedRun): number {
  return Math.max(...stages.map(({ memoryBytes }) => memoryBytes));
}

/**
 * A plan for people, without a line break at its end: the best run on every number of nodes, which
 * one is chosen and why, and what runs where.
 */
export function renderPlan(table: PlanTable, wish: PlanWish, style: TerminalStyle): string {
  return [
    '',
    ...choiceLines(table, style),
    '',
    ...planSentences(table, wish).flatMap((text) => wrapped(plain(text, style), style)),
    '',
    ...placementLines(table.chosen, style),
  ].join('\n');
}

function choiceLines(table: PlanTable, style: TerminalStyle): readonly string[] {
  const layout = widestThatFits(layouts, style);
  const chosenNodes = nodesOf(table.chosen);
  const rows = table.byNodeCount.map((run, index) => {
    const count = index + 1;
    const isChosen = count === chosenNodes;
    // A run that is wished for by its cuts stands in the place of the best one on as many nodes.
    const shown = isChosen ? table.chosen : run;
    if (shown === null) return [String(count), 'does not fit', ...layout.slice(2).map(() => '-')];
    const choice = { nodes: count, run: shown, even: table.even[index] ?? null, isChosen };
    const cells = layout.map((column) => plain(column.text(choice), style));
    return isChosen ? cells.map((cell) => paint(cell, 'bold', style)) : cells;
  });
  return renderColumns(layout, rows, style);
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
  const named = rows.map((row, index) => `${row}  ${stages[index]?.nodes.join(', ') ?? ''}`);
  return [`${titles}  ${paint('nodes', 'faint', style)}`, rule, ...named];
}

/** The layers of a sub-model: `0–6`, or `7` where it is one. */
export function spanOf({ from, to }: PlannedStage['layers']): string {
  return to - from === 1 ? String(from) : `${from}–${to - 1}`;
}

/** ASCII where the style isn't rich. */
function plain(text: string, style: TerminalStyle): string {
  if (style.rich) return text;
  return text.replaceAll('×', 'x').replaceAll('µ', 'u').replaceAll('–', '-');
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
