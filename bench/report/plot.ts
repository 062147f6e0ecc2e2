import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** One mark of a plot. */
export interface PlotPoint {
  readonly series: string;
  /** A number or, for bars and named steps, a name. */
  readonly x: number | string;
  readonly y: number;
}

/** A plot of lines with points, or of bars side by side. */
export interface Plot {
  /** Names the file, together with the bench. */
  readonly name: string;
  readonly title: string;
  readonly kind: 'lines' | 'bars';
  /** With their units. */
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xScale?: 'linear' | 'log';
  readonly yScale?: 'linear' | 'log';
  readonly points: readonly PlotPoint[];
}

/** Colours that the colour-blind can tell apart. @see https://jfly.uni-koeln.de/color/ */
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'];

/** Beyond so many points of a plot their marks hide its lines. */
const mostMarked = 200;

function specOf(plot: Plot): TopLevelSpec {
  const { title, kind, xTitle, yTitle, points } = plot;
  const order = [...new Set(points.map(({ series }) => series))];
  const isNamed = points.some(({ x }) => typeof x === 'string');
  // A few counts, such as numbers of nodes, have nothing between them.
  const areCounts = plot.xScale === undefined && new Set(points.map(({ x }) => x)).size <= 12;
  const x = { field: 'x', title: xTitle, axis: { labelAngle: 0 } };
  const y = {
    field: 'y',
    title: yTitle,
    type: 'quantitative' as const,
    scale: { type: plot.yScale ?? ('linear' as const) },
  };
  const color = {
    field: 'series',
    type: 'nominal' as const,
    title: null,
    sort: order,
    scale: { range: colours },
    legend: order.length === 1 ? null : { labelLimit: 0 },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    title,
    background: 'white',
    width: 480,
    height: 300,
    data: { values: points.map((point) => ({ ...point })) },
    ...(kind === 'lines'
      ? {
          mark: { type: 'line', point: points.length <= mostMarked },
          encoding: {
            x:
              isNamed || areCounts
                ? { ...x, type: 'ordinal', sort: null }
                : {
                    ...x,
                    type: 'quantitative',
                    scale: { type: plot.xScale ?? 'linear', nice: false },
                  },
            y,
            color,
          },
        }
      : {
          mark: 'bar',
          encoding: {
            x: { ...x, type: 'ordinal', sort: null },
            xOffset: { field: 'series', sort: order },
            y,
            color,
          },
        }),
  };
}

/** A plot as an SVG. */
export async function renderPlot(plot: Plot): Promise<string> {
  const { spec } = compile(specOf(plot));
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
