import { meanEstimate } from './accuracy.js';
import { errorsM, placesOfTruths } from './judged.js';
import { localHours } from './local-hours.js';
import type { TestItems } from '../training/hits.js';
import type { DrivenRuns } from '../training/sequences.js';
import type { Sampling } from './accuracy.js';
import type { Breakdown, Slice } from './figures.js';
import type { Judged } from './judged.js';
import type { CityView } from './places.js';

/** Cells of a trip that have a row each; those after them share two. */
const singlePositions = 10;
const lastPosition = 20;

function positionName(cellsInTrip: number): string {
  if (cellsInTrip <= singlePositions) return String(cellsInTrip);
  return cellsInTrip <= lastPosition ? `${singlePositions + 1}–${lastPosition}` : 'later';
}

/** `[items]` the name of each item's slice. */
type SliceNames = readonly string[];

interface Errors {
  readonly isHit: readonly boolean[];
  readonly metres: Float64Array;
  readonly sampling: Sampling;
}

/** @param order the names in the order of the rows; names without an item have none */
function slicesOf(
  { isHit, metres, sampling }: Errors,
  names: SliceNames,
  order: SliceNames,
): Slice[] {
  return order.flatMap((name) => {
    const items = names.reduce((sum, other) => sum + Number(other === name), 0);
    const inSlice = (item: number, value: number | undefined): number =>
      names[item] === name ? (value ?? NaN) : NaN;
    const top1 = meanEstimate(sampling, (item) => inSlice(item, Number(isHit[item])));
    if (top1 === null) return [];
    const error = meanEstimate(sampling, (item) => inSlice(item, metres[item]));
    return [{ name, items, top1, meanErrorM: error?.value ?? null }];
  });
}

function currentCells({ runs, positions }: TestItems): Int32Array {
  return positions.map((position) => runs.cells[position] ?? 0);
}

/** The model's errors by the hour, the position in the trip, and the area of the current cell. */
export function breakdownOf(
  judged: Judged<DrivenRuns>,
  { places, timeZone, areas }: CityView,
  sampling: Sampling,
): Breakdown {
  const { items } = judged;
  const errors: Errors = {
    isHit: Array.from(placesOfTruths(judged), (place) => place === 0),
    metres: errorsM(judged, places),
    sampling,
  };
  const timesMs = Float64Array.from(items.positions, (at) => items.runs.timesMs[at] ?? 0);
  const hours = localHours(timesMs, timeZone);
  const positions = Array.from(items.positions, (position, index) =>
    positionName(position - (items.runStarts[index] ?? 0) + 1),
  );
  const byNumber = Array.from({ length: lastPosition + 1 }, (_, at) => positionName(at + 1));
  const inAreas =
    areas &&
    Array.from(
      currentCells(items),
      (cell) => (cell === 0 ? null : areas.nameOf(cell)) ?? 'elsewhere',
    );
  return {
    timeZone,
    byHour: slicesOf(errors, hours, [...new Set(hours)].sort()),
    byPosition: slicesOf(errors, positions, [...new Set(byNumber)]),
    byArea: areas &&
      inAreas && {
        kind: areas.kind,
        slices: slicesOf(errors, inAreas, [...new Set(inAreas)]).sort((a, b) => b.items - a.items),
      },
  };
}
