import { label, pixels } from './svg.js';

/** One axis of a panel: which values it spans, and how it is labelled. */
export interface Axis {
  readonly title: string;
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly text: (tick: number) => string;
}

/** Where a panel is on its page. Pixels. */
export interface PanelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A frame with two axes to draw in. */
export interface Panel {
  /** Frame, guides and labels, as SVG elements. */
  readonly frame: string;
  x(value: number): number;
  y(value: number): number;
}

/** Round values that cover a range, about `count` of them: steps are 1, 2 or 5 times a power of ten. */
export function roundTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  // Divided by the inverse where the step is below 1: 3 × 0.1 is not 0.3.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    step < 1 ? (first + index) / Math.round(1 / step) : (first + index) * step,
  );
}

/** An axis that begins and ends at round values. */
export function roundAxis(
  title: string,
  values: readonly number[],
  text: (tick: number) => string,
): Axis {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const ticks = roundTicks(low, high, 5);
  return { title, low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks, text };
}

/** An axis from a round value to the last of the values. */
export function axisUpTo(
  title: string,
  values: readonly number[],
  text: (tick: number) => string,
): Axis {
  const axis = roundAxis(title, values, text);
  const high = values.reduce((most, value) => Math.max(most, value), axis.low);
  return { ...axis, high, ticks: axis.ticks.filter((tick) => tick <= high) };
}

/** Draws the frame of a panel. */
export function panelOf(box: PanelBox, across: Axis, up: Axis): Panel {
  const right = box.x + box.width;
  const bottom = box.y + box.height;
  const x = (value: number): number =>
    box.x + (box.width * (value - across.low)) / (across.high - across.low || 1);
  const y = (value: number): number =>
    bottom - (box.height * (value - up.low)) / (up.high - up.low || 1);
  const line = (from: readonly [number, number], to: readonly [number, number]): string =>
    `<line class="guide" x1="${pixels(from[0])}" y1="${pixels(from[1])}" x2="${pixels(to[0])}" y2="${pixels(to[1])}"/>`;
  const middleY = (box.y + bottom) / 2;
  const frame = [
    ...across.ticks.map((tick) => line([x(tick), box.y], [x(tick), bottom])),
    ...up.ticks.map((tick) => line([box.x, y(tick)], [right, y(tick)])),
    `<path class="frame" d="M${pixels(box.x)} ${pixels(box.y)}V${pixels(bottom)}H${pixels(right)}"/>`,
    ...across.ticks.map((tick) => label(x(tick), bottom + 17, across.text(tick), 'middle')),
    ...up.ticks.map((tick) => label(box.x - 7, y(tick) + 4, up.text(tick), 'end')),
    label((box.x + right) / 2, bottom + 37, across.title, 'middle'),
    `<g transform="translate(${pixels(box.x - 52)} ${pixels(middleY)}) rotate(-90)">${label(0, 0, up.title, 'middle')}</g>`,
  ].join('\n');
  return { frame, x, y };
}

/** A line through points of a panel, with a dot at each where there is room for dots. */
export function curve(panel: Panel, points: readonly (readonly [number, number])[]): string {
  const places = points.map(([x, y]) => `${pixels(panel.x(x))},${pixels(panel.y(y))}`);
  const dots =
    points.length > 60
      ? []
      : points.map(
          ([x, y]) =>
            `<circle class="dot" cx="${pixels(panel.x(x))}" cy="${pixels(panel.y(y))}" r="3"/>`,
        );
  return [`<polyline class="line" points="${places.join(' ')}"/>`, ...dots].join('\n');
}
