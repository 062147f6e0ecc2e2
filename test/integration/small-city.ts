import type { GeoFix } from '../../src/geo/fix.js';
import { gridPath, type ModelFiles } from '../../src/model/model-files.js';
import { columns, rows, smallCity } from '../unit/geo/small-city-grid.js';
import { randomNetwork } from '../unit/model/networks.js';

export { smallCity };

/** Cells in a window. */
export const steps = 4;

/** A reference network of 21 layers for the small city, with random weights. */
export async function smallModel(): Promise<ModelFiles> {
  const files = await randomNetwork({ cellCount: smallCity.size, steps, units: 8 }, 7);
  return new Map([...files, [gridPath, Buffer.from(JSON.stringify(smallCity))]]);
}

/** A Monday in the past: no fix is ever from the future. */
const startMs = Date.parse('2024-03-04T07:00:00+09:00');
/** Half a cell in a minute: 15 km/h. */
const fixEveryMs = 60_000;

/**
 * Vehicles that go up and down a row of the city each, one fix a minute: every second fix enters a
 * new cell, and the one after it stays there. In the order of their times.
 *
 * @param ids of the vehicles
 * @param minutes from which minute to which
 */
export function* drive(
  ids: readonly string[],
  minutes: { readonly from: number; readonly to: number },
): Generator<GeoFix> {
  for (let minute = minutes.from; minute < minutes.to; minute += 1) {
    for (const [number, vehicleId] of ids.entries()) {
      const place = Math.floor(minute / 2) % (2 * (columns - 1));
      const column = place < columns ? place : 2 * (columns - 1) - place;
      const cell = 1 + (number % rows) * columns + column;
      yield { vehicleId, eventTimeMs: startMs + minute * fixEveryMs, ...smallCity.centreOf(cell) };
    }
  }
}
