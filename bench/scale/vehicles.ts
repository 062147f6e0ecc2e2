import { join } from 'node:path';
import { BenchProcess } from '../process/bench-process.js';
import type { Rows } from '../report/report.js';
import type { Forgetting, MapFigures, MapHandlers } from './map-process.js';

/** How many vehicles, and how long they are watched. */
export interface VehicleSizes {
  readonly vehicles: readonly number[];
  /** Fixes of each kind, at least. */
  readonly fixes: number;
  readonly hours: number;
  readonly vehiclesPerHour: number;
}

function inMap<Result>(work: (map: BenchProcess<MapHandlers>) => Promise<Result>): Promise<Result> {
  return BenchProcess.during(join(import.meta.dirname, 'map-process.js'), work, {
    execArgv: ['--expose-gc'],
  });
}

function growthRows(figures: readonly MapFigures[]): Rows {
  return {
    title: 'Vehicles of one lane of the windower',
    columns: ['vehicles', 'MB', 'bytes a vehicle', 'ns a fix that enters', 'ns a fix that stays'],
    rows: figures.map(({ vehicles, bytesPerVehicle, enterNs, stayNs }) => ({
      ...{ vehicles, MB: (vehicles * bytesPerVehicle) / 1e6, 'bytes a vehicle': bytesPerVehicle },
      ...{ 'ns a fix that enters': enterNs, 'ns a fix that stays': stayNs },
    })),
  };
}

function forgettingRows(hours: readonly Forgetting[]): Rows {
  return {
    title: 'Vehicles that come and are not seen again, hour by hour',
    columns: ['hour', 'vehicles seen', 'vehicles held', 'MB'],
    rows: hours.map(({ hour, seen, held, bytes }) => ({
      ...{ hour, 'vehicles seen': seen, 'vehicles held': held, MB: bytes / 1e6 },
    })),
  };
}

/** What vehicles cost the windower, and that it forgets them. */
export async function measureVehicles(sizes: VehicleSizes): Promise<Rows[]> {
  const figures: MapFigures[] = [];
  for (const vehicles of sizes.vehicles) {
    figures.push(await inMap((map) => map.ask('grow', { vehicles, fixes: sizes.fixes })));
  }
  const { vehiclesPerHour: perHour, hours } = sizes;
  const forgotten = await inMap((map) => map.ask('forget', { vehicles: perHour, hours }));
  return [growthRows(figures), forgettingRows(forgotten)];
}
