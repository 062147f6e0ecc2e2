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
      // Of the bounds, which know no jump at the antimeridian as the grid's own centres do.
      centreOf: (cell) => {
        const { south, west, north, east } = grid.boundsOf(cell);
        return { latitude: (south + north) / 2, longitude: (west + east) / 2 };
      },
      boundsOf: (cell) => grid.boundsOf(cell),
      distanceM: (from, to) =>
        localDistanceM(from.latitude, from.longitude, to.latitude, to.longitude),
    },
  };
}
