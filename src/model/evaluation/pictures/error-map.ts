import { colourOf } from './colour-scale.js';
import { label, pixels, rectangle, svgDocument } from './svg.js';
import type { CellErrors } from '../cell-errors.js';
import type { CityView } from '../places.js';

/** Cells with fewer predictions have no rate worth a colour. */
const fewestItems = 20;
/** Of the longer side, in pixels. */
const mapSide = 640;
const margin = 24;
const legend = { width: 220, height: 14, steps: 44 };

interface Square {
  readonly cell: number;
  readonly row: number;
  readonly column: number;
}

/** Rows from the north and columns from the west, both from 0: cells are all of one size. */
function squaresOf({ places }: CityView): Square[] {
  const bounds = Array.from({ length: places.size }, (_, index) => places.boundsOf(index + 1));
  const north = bounds.reduce((most, box) => Math.max(most, box.north), -Infinity);
  const west = bounds.reduce((least, box) => Math.min(least, box.west), Infinity);
  return bounds.map((box, index) => ({
    cell: index + 1,
    row: Math.round((north - box.north) / (box.north - box.south)),
    column: Math.round((box.west - west) / (box.east - box.west)),
  }));
}

/** The edges between neighbouring cells of different areas. */
function bordersOf({ areas }: CityView, squares: readonly Square[], side: number): string[] {
  if (areas === null) return [];
  const names = new Map(
    squares.map(({ row, column, cell }) => [`${row} ${column}`, areas.nameOf(cell)]),
  );
  return squares.flatMap(({ row, column }) => {
    const here = names.get(`${row} ${column}`);
    const differs = (other: string | null | undefined): boolean =>
      other !== undefined && other !== here;
    const [right, bottom] = [pixels((column + 1) * side), pixels((row + 1) * side)];
    return [
      ...(differs(names.get(`${row} ${column + 1}`))
        ? [`M${right} ${pixels(row * side)}V${bottom}`]
        : []),
      ...(differs(names.get(`${row + 1} ${column}`))
        ? [`M${pixels(column * side)} ${bottom}H${right}`]
        : []),
    ];
  });
}

/** Each area's name in the middle of its cells. */
function namesOf({ areas }: CityView, squares: readonly Square[], side: number): string[] {
  if (areas === null) return [];
  const cellsOf = new Map<string, Square[]>();
  for (const square of squares) {
    const name = areas.nameOf(square.cell);
    if (name !== null) cellsOf.set(name, [...(cellsOf.get(name) ?? []), square]);
  }
  return Array.from(cellsOf, ([name, cells]) => {
    const middle = (of: 'row' | 'column'): number =>
      side * (0.5 + cells.reduce((sum, square) => sum + square[of], 0) / cells.length);
    return label(middle('column'), middle('row'), name, 'middle name');
  });
}

function legendAt(x: number, y: number): string {
  const { width, height, steps } = legend;
  const step = width / steps;
  const colours = Array.from({ length: steps }, (_, index) =>
    rectangle(
      { x: x + index * step, y, width: step + 0.5, height },
      { fill: colourOf((index + 0.5) / steps) },
    ),
  );
  const ticks = [0, 25, 50, 75, 100].map((tick) =>
    label(x + (width * tick) / 100, y + height + 16, `${tick} %`, 'middle'),
  );
  return [
    ...colours,
    ...ticks,
    rectangle({ x: x + width + 40, y, width: height, height }, { class: 'unknown' }),
    label(x + width + 62, y + 11, `fewer than ${fewestItems} predictions`),
  ].join('\n');
}

/**
 * A map of a city's cells, each coloured by the share of the predictions made in it whose best cell
 * was wrong; borders where areas meet, if the city has areas.
 *
 * @param name of the model
 * @returns SVG
 */
export function errorMap(name: string, errors: CellErrors, city: CityView): string {
  const squares = squaresOf(city);
  const rows = squares.reduce((most, { row }) => Math.max(most, row + 1), 1);
  const columns = squares.reduce((most, { column }) => Math.max(most, column + 1), 1);
  const side = Math.max(2, Math.floor(mapSide / Math.max(rows, columns)));
  const cells = squares.map(({ cell, row, column }) => {
    const items = errors.items[cell] ?? 0;
    const box = { x: column * side, y: row * side, width: side, height: side };
    if (items < fewestItems) return rectangle(box, { class: 'unknown' });
    return rectangle(box, { fill: colourOf((errors.wrong[cell] ?? 0) / items) });
  });
  const title = `Where ${name} errs`;
  const top = 120;
  const borders = bordersOf(city, squares, side);
  const shown = squares.filter(({ cell }) => (errors.items[cell] ?? 0) >= fewestItems).length;
  const areaText = city.areas === null ? '' : ` Black: where a ${city.areas.kind} ends.`;
  return svgDocument({
    width: Math.max(columns * side, legend.width + 220) + 2 * margin,
    height: top + rows * side + margin,
    title,
    description: `${shown} of ${squares.length} cells have ${fewestItems} predictions or more.${areaText}`,
    body: [
      label(margin, 28, title, 'title'),
      label(margin, 50, 'Share of wrong best cells, by the cell that the vehicle was in'),
      legendAt(margin + 8, 64),
      `<g transform="translate(${margin} ${top})" shape-rendering="crispEdges">`,
      ...cells,
      ...(borders.length === 0 ? [] : [`<path class="border" d="${borders.join('')}"/>`]),
      ...namesOf(city, squares, side),
      '</g>',
    ].join('\n'),
  });
}
