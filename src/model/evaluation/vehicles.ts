import type { TestItems } from '../training/hits.js';
import type { DrivenRuns } from '../training/sequences.js';

/** Whose the items are; only vehicles with an item are counted, from 0. */
export interface ItemVehicles {
  readonly count: number;
  /** `[items]` */
  readonly ofItem: Int32Array;
}

/** Finds out whose each item is. */
export function vehiclesOf({ runs, runStarts }: TestItems<DrivenRuns>): ItemVehicles {
  const ofRun = new Map<number, number>();
  runs.vehicles.forEach((vehicle, run) => ofRun.set(runs.starts[run] ?? 0, vehicle));
  const numbers = new Map<number, number>();
  const ofItem = runStarts.map((start) => {
    const vehicle = ofRun.get(start) ?? 0;
    const number = numbers.get(vehicle) ?? numbers.size;
    numbers.set(vehicle, number);
    return number;
  });
  return { count: numbers.size, ofItem };
}
