import { curve, panelOf } from './panel.js';
import { label, pixels, rectangle, svgDocument } from './svg.js';
import type { Calibration } from '../figures.js';
import type { Axis } from './panel.js';

const tenths = Array.from({ length: 6 }, (_, index) => 20 * index);

function percentAxis(title: string): Axis {
  return { title, low: 0, high: 100, ticks: tenths, text: String };
}

/**
 * A reliability diagram: how often predictions came true against the probability that they were
 * given, and below it how many there were of each probability.
 *
 * @returns SVG
 */
export function reliabilityPicture({ bins, expectedError }: Calibration): string {
  const [width, height] = [560, 700];
  const size = { x: 80, width: 440 };
  const across = percentAxis('probability of the best cell (%)');
  const upper = panelOf({ ...size, y: 60, height: 400 }, across, percentAxis('came true (%)'));
  const total = bins.reduce((sum, { items }) => sum + items, 0);
  const shares = bins.map(({ items }) => (100 * items) / Math.max(1, total));
  const most = Math.max(20, 20 * Math.ceil(Math.max(...shares) / 20));
  const lower = panelOf({ ...size, y: 530, height: 100 }, across, {
    title: 'predictions (%)',
    low: 0,
    high: most,
    ticks: [0, most / 2, most],
    text: String,
  });
  const bars = bins.map(({ from, to }, index) => {
    const [left, right] = [lower.x(100 * from) + 1, lower.x(100 * to) - 1];
    const top = lower.y(shares[index] ?? 0);
    return rectangle(
      { x: left, y: top, width: right - left, height: lower.y(0) - top },
      { class: 'bar' },
    );
  });
  const points = bins.flatMap(({ meanProbability, shareTrue }) =>
    meanProbability === null || shareTrue === null
      ? []
      : [[100 * meanProbability, 100 * shareTrue] as const],
  );
  const ideal = `<line class="ideal" x1="${pixels(upper.x(0))}" y1="${pixels(upper.y(0))}" x2="${pixels(upper.x(100))}" y2="${pixels(upper.y(100))}"/>`;
  const title = 'How often predictions come true';
  const summary = `Expected calibration error ${(100 * expectedError).toFixed(1)} %, ${total.toLocaleString('en-US')} predictions`;
  return svgDocument({
    width,
    height,
    title,
    description: summary,
    body: [
      label(size.x, 26, title, 'title'),
      label(size.x, 46, `${summary}; dashed: ideal`),
      upper.frame,
      ideal,
      curve(upper, points),
      lower.frame,
      ...bars,
    ].join('\n'),
  });
}
