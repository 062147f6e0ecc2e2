import { distanceM } from '../../src/geo/distance.js';
import type { GeoFix } from '../../src/geo/fix.js';
import type { Grid } from '../../src/geo/grid.js';

const vehicles = 600;
const stepMs = 60_000;
/** 120 km/h over a step: any two cells nearer than this are driven from one into the other. */
const maxStepM = 2_000;

/**
 * Fixes of vehicles that go up and down the grid's rows, one after the other, each a minute after
 * the vehicle's last one and in another cell: each gives one window.
 *
 * @param startMs of the first fix; long enough ago that none is from the future
 */
export function* drive(grid: Grid, count: number, startMs: number): Generator<GeoFix> {
  const isNear = (cell: number, next: number): boolean => {
    if (next < 1 || next > grid.size) return false;
    const [a, b] = [grid.centreOf(cell), grid.centreOf(next)];
    return distanceM(a.latitude, a.longitude, b.latitude, b.longitude) <= maxStepM;
  };
  const starts = [...Array(grid.size).keys()].filter((cell) => cell > 0 && isNear(cell, cell + 1));
  const fleet = Array.from({ length: vehicles }, (_, number) => ({
    vehicleId: `taxi-${number}`,
    cell: starts[(number * 7919) % starts.length] ?? 1,
    step: 1,
  }));
  for (let number = 0; number < count; number += 1) {
    const vehicle = fleet[number % vehicles];
    if (vehicle === undefined) return;
    const eventTimeMs = startMs + Math.floor(number / vehicles) * stepMs;
    yield { vehicleId: vehicle.vehicleId, eventTimeMs, ...grid.centreOf(vehicle.cell) };
    if (!isNear(vehicle.cell, vehicle.cell + vehicle.step)) vehicle.step = -vehicle.step;
    vehicle.cell += vehicle.step;
  }
}
