import type { CardAccuracy } from '../model/card-accuracy.js';
import { renderColumns, type Column } from './columns.js';
import { counted, formatCount, formatMean, formatMs } from './figures.js';
import { layerList, nodeList } from './plan-sentences.js';
import { plain, spanOf, wrapped } from './plan-table.js';
import type { PipelineStatus, StageProgress } from './pipeline-status.js';
import { qualityAlert } from './quality-alert.js';
import { cardText, hitsText } from './render-quality.js';
import { stageLabel, stageTable } from './stage-table.js';
import { orDash, paint, type TerminalStyle } from './terminal.js';

/** What is known of a pipeline besides what its workers report. */
export interface StatusKnowledge {
  /** By stage: what would help where it is slower than planned. */
  readonly advice: ReadonlyMap<number, string>;
  /** By stage: which of its layers have no native route, in words. */
  readonly notNative: ReadonlyMap<number, string>;
  /** How good the model was in its test; null where that is not known. */
  readonly card: CardAccuracy | null;
}

/** What a person is to look at, the most serious first: one line each. */
export function statusWarnings(
  { unheld, silent, progress, plan, quality }: PipelineStatus,
  { advice, notNative, card }: StatusKnowledge,
): readonly string[] {
  const alert = qualityAlert(quality, card);
  return [
    ...unheld.map(({ lanes, ...name }) =>
      lanes.length === plan.lanes
        ? `${stageLabel(name)} has no worker`
        : `${stageLabel(name)}: nobody has ${lanes.length === 1 ? 'lane' : 'lanes'} ${lanes.join(', ')}`,
    ),
    ...silent.map(({ worker, silentMs }) => `${worker} has been silent for ${formatMs(silentMs)}`),
    ...progress.flatMap((stage) => deviationLine(stage, advice)),
    ...[...notNative].map(
      ([stage, layers]) => `stage ${stage}: ${layers}, which is slower than a native layer`,
    ),
    ...(alert === null ? [] : [alert]),
  ];
}

/** @example 'stage 2 is 1.8× slower than planned; `stagecoach plan --measured` suggests …' */
function deviationLine(
  { stage, pace }: StageProgress,
  advice: ReadonlyMap<number, string>,
): readonly string[] {
  if (pace.state !== 'slower') return [];
  const line = `stage ${stage} is ${pace.ratio.toFixed(1)}× slower than planned`;
  const said = advice.get(stage);
  return [said === undefined ? line : `${line}; ${said}`];
}

/** The state of a pipeline for people, without a line break at its end. */
export function renderStatus(
  status: PipelineStatus,
  knowledge: StatusKnowledge,
  style: TerminalStyle,
): string {
  const warnings = statusWarnings(status, knowledge);
  return [
    '',
    ...planLines(status, style),
    '',
    ...stageTable(status.rows, style),
    '',
    ...progressLines(status.progress, style),
    '',
    ...qualityLines(status, knowledge, style),
    ...(warnings.length === 0 ? [] : ['']),
    ...warnings.flatMap((warning) => warningLines(warning, style)),
  ].join('\n');
}

function planLines({ plan }: PipelineStatus, style: TerminalStyle): readonly string[] {
  const { cuts, lanes, encoding, strategy } = plan;
  const dot = style.rich ? ' · ' : ' - ';
  const name = paint(paint('stagecoach', 'bold', style), 'cyan', style);
  const where = cuts.length === 0 ? 'uncut' : `cut before ${layerList(cuts)}`;
  const about = `${where} (${strategy}), ${counted(lanes, 'lane')}, ${encoding}`;
  const predicted =
    plan.predictedItemsPerS > 0
      ? `predicted: ${formatMean(plan.predictedItemsPerS)} items/s, ${formatMs(plan.predictedLatencyMs)}`
      : 'nothing was predicted of this plan: "stagecoach plan" does';
  return [
    ` ${name}${dot}${plan.pipeline}${dot}plan ${plan.name}`,
    ...wrapped(about, style),
    ...wrapped(predicted, style),
  ];
}

const progressColumns: readonly Column[] = [
  { title: 'stage', width: 9, align: 'left' },
  { title: 'layers', width: 10, align: 'left' },
  { title: 'planned', width: 11, align: 'right' },
  { title: 'measured', width: 11, align: 'right' },
  { title: 'ratio', width: 8, align: 'right' },
];

/** Computing of an item, planned and measured; nodes last, since there may be many. */
function progressLines(
  progress: readonly StageProgress[],
  style: TerminalStyle,
): readonly string[] {
  const rows = progress.map(({ stage, layers, plannedMs, measuredMs, pace }) => {
    const ratio = pace.state === 'unknown' ? null : pace.ratio;
    const shown = orDash(ratio, (figure) => figure.toFixed(2), style);
    return [
      formatCount(stage),
      plain(spanOf(layers), style),
      orDash(plannedMs, formatMs, style),
      orDash(measuredMs, formatMs, style),
      pace.state === 'slower' ? paint(shown, 'yellow', style) : shown,
    ];
  });
  const [titles = '', rule = '', ...lines] = renderColumns(progressColumns, rows, style);
  const named = lines.map(
    (line, at) => `${line}  ${plain(nodeList(progress[at]?.nodes ?? []), style)}`,
  );
  return [`${titles}  ${paint('computing of an item; nodes', 'faint', style)}`, rule, ...named];
}

/** What came true, of all sinks together, beside what the card promises. */
function qualityLines(
  { quality }: PipelineStatus,
  { card }: StatusKnowledge,
  style: TerminalStyle,
): readonly string[] {
  const { scored } = quality.lastHour;
  const live =
    scored === 0
      ? 'no prediction of the last hour has its truth yet'
      : `last hour: ${hitsText(quality.lastHour)} of ${counted(scored, 'prediction')}`;
  const promised = card === null ? [] : wrapped(`card: ${plain(cardText(card), style)}`, style);
  return [...wrapped(live, style), ...promised];
}

function warningLines(warning: string, style: TerminalStyle): readonly string[] {
  return wrapped(`! ${plain(warning, style)}`, style).map((line) => paint(line, 'yellow', style));
}
