import type { CardAccuracy } from '../model/card-accuracy.js';
import { formatCount, formatShare } from './figures.js';
import type { CalibrationBin, QualityFigures } from './quality-figures.js';

/** Bins with fewer predictions are left out of the text: their shares say little. */
const fewestShown = 30;

/** Hit rates and median error. @example 'top-1 67.1 %, top-3 94.4 %, top-5 99.2 %, median error 0 m' */
export function hitsText({ top1, top3, top5, medianErrorM }: QualityFigures): string {
  const rates = [`top-1 ${shown(top1)}`, `top-3 ${shown(top3)}`, `top-5 ${shown(top5)}`];
  return [...rates, `median error ${medianErrorM === null ? '-' : metres(medianErrorM)}`].join(
    ', ',
  );
}

/** What the card promises, in the manner of {@link hitsText}. */
export function cardText(card: CardAccuracy): string {
  const { top1, top3, top5, medianErrorM, calibrationError } = card;
  const interval = `${(top1.low * 100).toFixed(1)} … ${(top1.high * 100).toFixed(1)}`;
  const rates = `top-1 ${formatShare(top1.share)} (${interval}), top-3 ${formatShare(top3)}, top-5 ${formatShare(top5)}`;
  return [
    rates,
    ...(medianErrorM === null ? [] : [`median error ${metres(medianErrorM)}`]),
    ...(calibrationError === null ? [] : [`calibration off by ${points(calibrationError)}`]),
  ].join(', ');
}

/**
 * The reliability diagram in words: of predictions that were given at about so much, so many came
 * true; null where there are too few.
 *
 * @example 'given at 35 %: 33 % came true, 65 %: 64 %, 94 %: 95 %; off by 1.1 points in the mean'
 */
export function calibrationText({ calibration, calibrationError }: QualityFigures): string | null {
  const bins = calibration.filter(({ predictions }) => predictions >= fewestShown);
  if (bins.length === 0 || calibrationError === null) return null;
  const [first = '', ...others] = bins.map(binText);
  const told = [`${first} came true`, ...others].join(', ');
  return `given at ${told}; off by ${points(calibrationError)} in the mean`;
}

function points(share: number): string {
  return `${(share * 100).toFixed(1)} points`;
}

function binText({ given, cameTrue }: CalibrationBin): string {
  return `${percent(given)}: ${percent(cameTrue)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function shown(share: number | null): string {
  return share === null ? '-' : formatShare(share);
}

function metres(distanceM: number): string {
  return `${formatCount(distanceM)} m`;
}
