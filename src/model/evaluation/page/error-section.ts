import { percent, percentEstimate, table, thousands } from './markdown.js';
import type { Calibration, Slice } from '../figures.js';
import type { ModelCard } from '../../training/card.js';
import type { DataWords } from './data-section.js';

function sliceTable(head: string, slices: readonly Slice[]): string {
  return table([
    [head, 'predictions', 'top-1', 'mean error'],
    ...slices.map(({ name, items, top1, meanErrorM }) => [
      name,
      thousands(items),
      percentEstimate(top1),
      meanErrorM === null ? '–' : `${thousands(meanErrorM)} m`,
    ]),
  ]);
}

/** Where and when the network errs. */
export function errorsText({ breakdown }: ModelCard, words: DataWords): string {
  const { timeZone, byHour, byPosition, byArea } = breakdown;
  const area =
    byArea === null
      ? ''
      : `\n\nBy the ${byArea.kind} of the current cell:\n\n${sliceTable(byArea.kind, byArea.slices)}`;
  return `![Share of wrong predictions by cell](error-map.svg)

By the number of cells of the trip that the ${words.vehicle} has entered so far, the current one included:

${sliceTable('cells so far', byPosition)}${area}

By the hour (${timeZone}) at which the current cell was entered:

${sliceTable('hour', byHour)}`;
}

/** Whether the probabilities are what they say. */
export function calibrationText({ bins, expectedError }: Calibration): string {
  const share = (value: number | null): string => (value === null ? '–' : percent(value));
  return `Of the predictions whose best cell was given a probability, how many came true. Expected calibration error, the mean distance between the two: ${percent(expectedError)}.

![Reliability diagram](reliability.svg)

${table([
  ['probability', 'predictions', 'mean probability', 'came true'],
  ...bins.map(({ from, to, items, meanProbability, shareTrue }) => [
    `${Math.round(100 * from)}–${Math.round(100 * to)} %`,
    thousands(items),
    share(meanProbability),
    share(shareTrue),
  ]),
])}`;
}
