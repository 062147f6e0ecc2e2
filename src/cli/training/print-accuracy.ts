import { baselineNames } from '../../model/evaluation/figures.js';
import { baselineTitles, verdictText } from '../../model/evaluation/page/accuracy-section.js';
import type { Accuracy, Estimate } from '../../model/evaluation/figures.js';
import type { ModelCard } from '../../model/training/card.js';

function row(name: string, { top1, top3, top5 }: Accuracy): string {
  const percent = ({ value }: Estimate): string => (100 * value).toFixed(1).padStart(6);
  const interval = `${(100 * top1.low).toFixed(1)}–${(100 * top1.high).toFixed(1)}`;
  return `${name.padEnd(46)}${percent(top1)} ${interval.padStart(11)}${percent(top3)} ${percent(top5)} %`;
}

/** Prints a card's accuracy. */
export function printAccuracy(card: ModelCard): void {
  const { accuracy, digest, items, vehicles, leads, calibration } = card;
  console.log(`Model ${digest}, on ${items} test items of ${vehicles} vehicles:`);
  console.log(`${' '.repeat(46)} top-1        95 % top-3  top-5`);
  console.log(row('network', accuracy.model));
  for (const name of baselineNames) console.log(row(baselineTitles[name], accuracy[name]));
  console.log(verdictText(leads).replaceAll('*', ''));
  console.log(`Expected calibration error ${(100 * calibration.expectedError).toFixed(1)} %.`);
}
