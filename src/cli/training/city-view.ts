import { localDistanceM } from '../../geo/distance.js';
import type { Grid } from '../../geo/grid.js';
import type { CityAreas, CityView } from '../../model/evaluation/places.js';

/**
 * What an evaluation has to know of a city.
 *
 * @param timeZone IANA name
 * @param areas null where they are not known
 */
export function cityView(grid: Grid, timeZone: string, areas: CityAreas | null): CityView {
  return {
    timeZone,
    areas,
    places: {
      size: grid.size,
      centreOf: (cell) => grid.centreOf(cell),
      boundsOf: (cell) => grid.boundsOf(cell),
      distanceM: (from, to) =>
        localDistanceM(from.latitude, from.longitude, to.latitude, to.longitude),
    },
  };
}
