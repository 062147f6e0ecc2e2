import { renderColumns } from './columns.js';
import { formatCount, formatElapsed, formatMean, formatMs, formatShare } from './figures.js';
import type { StageRow } from './rates.js';
import { stageTable, stageTableWidth } from './stage-table.js';
import { fitLine, orDash, paint, type TerminalStyle } from './terminal.js';

/** All that the live view shows at one moment. */
export interface LiveView {
  readonly pipeline: string;
  readonly plan: string;
  /** What goes on, in a word or two: `starting`, `running`, `draining`, `checking`. */
  readonly state: string;
  readonly elapsedMs: number;
  readonly rows: readonly StageRow[];
  readonly predictions: number;
  /** Where the run ends; null where it goes on until it is stopped. */
  readonly targetPredictions: number | null;
  readonly ratePerS: number;
  /** From the broker taking in the fix to the prediction; null before the first. */
  readonly latencyP50Ms: number | null;
  readonly latencyP99Ms: number | null;
  /** 0 … 1; null before the first is scored. */
  readonly top1: number | null;
  readonly top5: number | null;
  readonly deadLetters: number;
  /** What the user should know of, oldest first: `stage 2 (pid 123) died with SIGKILL, restarted`. */
  readonly notices: readonly string[];
}

const SHOWN_NOTICES = 5;

/**
 * The live view as text, one screen without a line break at its end. It fits the style's columns from
 * 60 on, leaves columns of the table out where there is less room, and is plain ASCII where the style
 * isn't rich.
 */
export function renderLive(view: LiveView, style: TerminalStyle): string {
  return [
    '',
    titleLine(view, style),
    '',
    ...stageTable(view.rows, style),
    '',
    ...runTable(view, style),
    ...progressLines(view, style),
    ...noticeLines(view, style),
  ].join('\n');
}

function titleLine(view: LiveView, style: TerminalStyle): string {
  const dot = style.rich ? ' · ' : ' - ';
  const about = `${dot}${view.pipeline}${dot}plan ${view.plan}`;
  const elapsed = formatElapsed(view.elapsedMs);
  const used = ` stagecoach${about}${view.state} ${elapsed} `.length;
  const space = ' '.repeat(Math.max(1, stageTableWidth(style) - used));
  const name = paint(paint('stagecoach', 'bold', style), 'cyan', style);
  return ` ${name}${about}${space}${paint(view.state, 'green', style)} ${elapsed}`;
}

function runTable(view: LiveView, style: TerminalStyle): readonly string[] {
  const dead = formatCount(view.deadLetters);
  const cells: readonly (readonly [title: string, width: number, text: string])[] = [
    ['predictions', 13, paint(formatCount(view.predictions), 'bold', style)],
    ['per s', 9, paint(formatMean(view.ratePerS), 'bold', style)],
    ['latency p50', 13, orDash(view.latencyP50Ms, formatMs, style)],
    ['p99', 9, orDash(view.latencyP99Ms, formatMs, style)],
    ['top-1', 9, orDash(view.top1, formatShare, style)],
    ['top-5', 9, orDash(view.top5, formatShare, style)],
    ['dead letters', 14, view.deadLetters > 0 ? paint(dead, 'yellow', style) : dead],
  ];
  const shown = style.columns < 76 ? cells.slice(0, 4) : cells;
  return renderColumns(
    shown.map(([title, width]) => ({ title, width, align: 'right' })),
    [shown.map(([, , text]) => text)],
    style,
  );
}

function progressLines(view: LiveView, style: TerminalStyle): readonly string[] {
  const target = view.targetPredictions;
  if (target === null || target <= 0) return [];
  const share = Math.min(1, view.predictions / target);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const leftMs = ((target - view.predictions) / view.ratePerS) * 1000;
  const left = share < 1 && Number.isFinite(leftMs) ? `, about ${formatElapsed(leftMs)} left` : '';
  const text = `${percent} of ${formatCount(target)}${left}`;
  // Room for the longest text, so that the bar doesn't change its length.
  const textColumns = `100 % of ${formatCount(target)}, about 0:00:00 left`.length;
  const barColumns = Math.max(10, Math.min(74, style.columns) - textColumns - 3);
  const done = Math.round(share * barColumns);
  const bar = paint((style.rich ? '█' : '#').repeat(done), 'green', style);
  const rest = paint((style.rich ? '░' : '.').repeat(barColumns - done), 'faint', style);
  return ['', ` ${bar}${rest} ${text}`];
}

function noticeLines(view: LiveView, style: TerminalStyle): readonly string[] {
  if (view.notices.length === 0) return [];
  const shown = view.notices.slice(-SHOWN_NOTICES);
  return ['', ...shown.map((notice) => paint(fitLine(` ! ${notice}`, style), 'yellow', style))];
}
