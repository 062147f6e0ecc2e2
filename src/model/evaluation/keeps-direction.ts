import type { Baseline } from '../training/markov.js';
import type { CellPlaces, Position } from './places.js';

/** The `k` cells whose centres are nearest to a position, the nearest first, without one of them. */
function nearest(
  places: CellPlaces,
  centres: readonly Position[],
  to: Position,
  without: number,
  k: number,
): number[] {
  const best: { cell: number; distance: number }[] = [];
  centres.forEach((centre, index) => {
    const cell = index + 1;
    if (cell === without) return;
    const distance = places.distanceM(to, centre);
    if (best.length === k && distance >= (best.at(-1)?.distance ?? Infinity)) return;
    const at = best.findIndex((other) => other.distance > distance);
    best.splice(at === -1 ? best.length : at, 0, { cell, distance });
    best.length = Math.min(best.length, k);
  });
  return best.map(({ cell }) => cell);
}

/**
 * The baseline that learns nothing: the vehicle goes on as far, and in the same direction, as from
 * the cell before to the current one. Cells are ranked by the distance of their centres to where
 * that leads, without the current cell; at a run's start, or where the cell before is no place, by
 * their distance to the current cell. Where the current cell is no place it names none.
 *
 * @param k how many cells a ranking has
 */
export function keepsDirection(places: CellPlaces, k: number): Baseline {
  const centres = Array.from({ length: places.size }, (_, index) => places.centreOf(index + 1));
  // All cells are looked at for a pair of cells, but for each pair once: a test set of 375,000 items
  // has some 10,000 of them.
  const known = new Map<number, readonly number[]>();
  return {
    rank(before, current) {
      const key = (before ?? 0) * (places.size + 1) + current;
      const found = known.get(key);
      if (found !== undefined) return found;
      const here = centres[current - 1];
      const there = centres[(before ?? 0) - 1] ?? here;
      const ranking =
        here === undefined || there === undefined
          ? []
          : nearest(places, centres, goOn(there, here), current, k);
      known.set(key, ranking);
      return ranking;
    },
  };
}

/** On the grid's own projection degrees are as straight as metres. */
function goOn(from: Position, to: Position): Position {
  return {
    latitude: 2 * to.latitude - from.latitude,
    longitude: 2 * to.longitude - from.longitude,
  };
}
