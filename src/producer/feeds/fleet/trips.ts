import { localDistanceM } from '../../../geo/distance.js';
import type { City } from './city.js';
import type { Random } from './random.js';

/** Nobody takes a taxi for less, as the crow flies. */
export const leastTripM = 400;
/** Pairs of nodes that are drawn for a pair of dongs before another pair of dongs is. */
export const redraws = 8;

/** The nodes where somebody gets in and out. */
export interface Trip {
  readonly from: number;
  readonly to: number;
}

/** Draws a trip that somebody in the city asks for. */
export function drawTrip({ demand, places, roads }: City, random: Random): Trip {
  for (;;) {
    const { origin, destination } = demand.drawPair(random);
    for (let draw = 0; draw < redraws; draw++) {
      const from = places.draw(origin, random);
      const to = places.draw(destination, random);
      if (from === undefined || to === undefined) break;
      const awayM = localDistanceM(
        roads.nodeLatitude[from] ?? 0,
        roads.nodeLongitude[from] ?? 0,
        roads.nodeLatitude[to] ?? 0,
        roads.nodeLongitude[to] ?? 0,
      );
      if (awayM >= leastTripM) return { from, to };
    }
  }
}
