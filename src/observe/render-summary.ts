import { renderColumns, widestThatFits, type Column } from './columns.js';
import {
  counted,
  formatBytes,
  formatCount,
  formatElapsed,
  formatMean,
  formatMs,
} from './figures.js';
import type { ProcessMemory, StageTotals } from './rates.js';
import { calibrationText, cardText, hitsText } from './render-quality.js';
import { stageLabel } from './stage-table.js';
import { renderVerdict } from './render-verdict.js';
import type { Summary } from './summary.js';
import { plain, wrapped } from './plan-table.js';
import { orDash, paint, type TerminalStyle } from './terminal.js';

/** Enough hexadecimal digits to tell models apart. */
const SHOWN_DIGEST = 12;

/** The summary for people, without a line break at its end. */
export function renderSummary(summary: Summary, style: TerminalStyle): string {
  return [
    '',
    renderVerdict(summary, style),
    '',
    ...figureLines(summary, style),
    '',
    ...stageLines(summary, style),
    ...(summary.qualityAlert === null ? [] : ['', ...alertLines(summary.qualityAlert, style)]),
  ].join('\n');
}

function figureLines(summary: Summary, style: TerminalStyle): readonly string[] {
  const { cuts, latencyP50Ms, latencyP99Ms, card } = summary;
  const calibration = calibrationText(summary);
  const seed = summary.seed === null ? '' : `, fleet seed ${summary.seed}`;
  const where =
    cuts.length === 0 ? 'uncut' : `cut into ${cuts.length + 1} (before layers ${cuts.join(', ')})`;
  const lines: readonly (readonly [title: string, text: string])[] = [
    [
      'predictions',
      `${formatCount(summary.predictions)} from ${counted(summary.fixes, 'fix', 'fixes')} in ${formatElapsed(summary.seconds * 1000)}, ${formatMean(summary.ratePerS)} per s`,
    ],
    [
      'latency',
      `p50 ${orDash(latencyP50Ms, formatMs, style)}, p99 ${orDash(latencyP99Ms, formatMs, style)} from broker to prediction`,
    ],
    ['hit rate', `${hitsText(summary)} of ${formatCount(summary.scored)} with a known truth`],
    ...(card === null ? [] : [['  by its card', plain(cardText(card), style)] as const]),
    ...(calibration === null ? [] : [['calibration', calibration] as const]),
    ['dead letters', formatCount(summary.deadLetters)],
    ['restarts', formatCount(summary.restarts)],
    [
      'plan',
      `${summary.pipeline}/${summary.plan}: ${where}, ${counted(summary.lanes, 'lane')}, ${counted(summary.brokers, 'broker')}${seed}`,
    ],
    ['model', summary.modelDigest.slice(0, SHOWN_DIGEST)],
  ];
  return lines.map(([title, text]) => ` ${paint(title.padEnd(14), 'faint', style)}${text}`);
}

function alertLines(alert: string, style: TerminalStyle): readonly string[] {
  return wrapped(`! ${plain(alert, style)}`, style).map((line) => paint(line, 'yellow', style));
}

interface TotalsColumn extends Column {
  readonly text: (row: StageTotals, processes: readonly ProcessMemory[]) => string;
}

function stageLines(summary: Summary, style: TerminalStyle): readonly string[] {
  const dash = (figure: number | null, format: (figure: number) => string): string =>
    orDash(figure, format, style);
  const right = (title: string, width: number, text: TotalsColumn['text']): TotalsColumn => ({
    ...{ title, width, align: 'right', text },
  });
  const start: readonly TotalsColumn[] = [
    { title: 'stage', width: 10, align: 'left', text: (row) => stageLabel(row) },
    right('processes', 11, (_, processes) => formatCount(processes.length)),
    right('items', 11, (row) => formatCount(row.items)),
    right('batch', 7, (row) => dash(row.batchItems, formatMean)),
    right('infer', 9, (row) => dash(row.role === 'stage' ? row.inferenceMs : null, formatMs)),
  ];
  const codec: readonly TotalsColumn[] = [
    right('decode', 9, (row) => dash(row.decodeMs, formatMs)),
    right('encode', 9, (row) => dash(row.encodeMs, formatMs)),
  ];
  const end: readonly TotalsColumn[] = [
    right('payload', 9, (row) => dash(row.payloadBytes, formatBytes)),
    // Of the largest process: what a node must have for it.
    right('memory', 9, (_, processes) =>
      dash(processes.length === 0 ? null : mostMemory(processes), formatBytes),
    ),
    right('dead', 7, (row) => formatCount(row.deadLetters)),
  ];
  const layout = widestThatFits([[...start, ...codec, ...end], [...start, ...end], start], style);
  const rows = summary.stages.map((stage) => {
    const processes = summary.processes.filter(
      (process) => process.role === stage.role && process.stage === stage.stage,
    );
    return layout.map((column) => column.text(stage, processes));
  });
  return renderColumns(layout, rows, style);
}

function mostMemory(processes: readonly ProcessMemory[]): number {
  return Math.max(...processes.map(({ maxRssBytes }) => maxRssBytes));
}
