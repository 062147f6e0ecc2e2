import { counted, formatCount } from './figures.js';
import { isSound } from './summary.js';
import { paint, type TerminalStyle } from './terminal.js';
import type { Verdict } from './verdict.js';

/** The part of a verdict that is told. */
export type Judged = Pick<
  Verdict,
  'expected' | 'missing' | 'repeated' | 'outOfOrder' | 'altered' | 'unexpected' | 'faults'
>;

/** What the referee found, in words, without a line break at its end. */
export function renderVerdict(judged: Judged, style: TerminalStyle): string {
  return verdictLines(judged, style).join('\n');
}

function verdictLines(judged: Judged, style: TerminalStyle): readonly string[] {
  if (isSound(judged)) {
    const mark = paint(style.rich ? '✔' : 'OK:', 'green', style);
    return [` ${mark} ${soundSentence(judged)}`];
  }
  const mark = paint(style.rich ? '✘' : 'WRONG:', 'red', style);
  const wrong = faultWords
    .filter(([kind]) => judged[kind] > 0)
    .map(([kind, one, many]) => `${formatCount(judged[kind])} ${judged[kind] === 1 ? one : many}`);
  return [
    ` ${mark} Of ${counted(judged.expected, 'prediction')} that the fixes call for: ${wrong.join(', ')}.`,
    ...judged.faults.map(
      ({ kind, text }) => `   ${paint(faultTitles[kind], 'yellow', style)}: ${text}`,
    ),
  ];
}

const faultWords = [
  ['missing', 'is missing', 'are missing'],
  ['repeated', 'is repeated', 'are repeated'],
  ['outOfOrder', 'is out of order', 'are out of order'],
  ['altered', 'differs from the uncut model', 'differ from the uncut model'],
  ['unexpected', 'is there that no fix calls for', 'are there that no fix calls for'],
] as const;

const faultTitles = {
  missing: 'missing',
  repeated: 'repeated',
  outOfOrder: 'out of order',
  altered: 'altered',
  unexpected: 'unexpected',
} as const;

function soundSentence({ expected }: Judged): string {
  if (expected === 0) return 'No fix called for a prediction, and none was made.';
  const which =
    expected === 1
      ? 'The one prediction is'
      : `Every one of the ${formatCount(expected)} predictions is`;
  return `${which} there once, in order, and bit for bit that of the uncut model.`;
}
