import type { PlotPoint, Report, Rows } from '../report/report.js';
import { measureLanes, type LaneSizes } from './lanes.js';
import { measureNetworks, type NetworkSizes } from './networks.js';
import { measureStages, type StageSizes } from './stages.js';
import { measureVehicles, type VehicleSizes } from './vehicles.js';

interface Sizes {
  readonly lanes: LaneSizes;
  readonly vehicles: VehicleSizes;
  readonly networks: NetworkSizes;
  readonly stages: StageSizes;
}

const widths = [128, 256, 512, 1024];
const depths = [7, 14, 21, 28];

const fullSizes: Sizes = {
  lanes: { lanes: [1, 6, 24, 96], fixes: 200_000, records: 384, idleMs: 5_000 },
  vehicles: {
    ...{ vehicles: [1_000, 10_000, 100_000, 1_000_000], fixes: 2_000_000 },
    ...{ hours: 5, vehiclesPerHour: 200_000 },
  },
  networks: {
    networks: [
      ...widths.map((width) => ({ width, depth: 7 })),
      ...depths.slice(1).map((depth) => ({ width: 128, depth })),
    ],
    ...{ items: 64, measureMs: 3_000 },
  },
  stages: { stages: [1, 2, 3, 4, 5, 6, 7, 8], warmUpItems: 2_000, items: 10_000 },
};
const quickSizes: Sizes = {
  lanes: { lanes: [1, 12], fixes: 2_000, records: 12, idleMs: 200 },
  vehicles: { vehicles: [1_000, 100_000], fixes: 100_000, hours: 3, vehiclesPerHour: 5_000 },
  networks: {
    networks: [
      { width: 32, depth: 2 },
      { width: 64, depth: 3 },
    ],
    ...{ items: 8, measureMs: 1 },
  },
  stages: { stages: [1, 3], warmUpItems: 50, items: 200 },
};

/** What grows with lanes, vehicles, width, depth and stages, and whether it grows faster than the work. */
export async function scale(isQuick: boolean): Promise<Report> {
  const sizes = isQuick ? quickSizes : fullSizes;
  const vehicles = await measureVehicles(sizes.vehicles);
  const networks = await measureNetworks(sizes.networks);
  const lanes = await measureLanes(sizes.lanes);
  const stages = await measureStages(sizes.stages);
  return {
    name: 'scale',
    title: 'What more of everything costs',
    isQuick,
    tables: [lanes, ...vehicles, networks, stages],
    plots: [
      {
        ...{ name: 'lanes', title: 'The same work in more lanes', kind: 'lines' },
        ...{ xTitle: 'lanes', yTitle: 'µs of CPU an item', xScale: 'log', yScale: 'log' },
        points: pointsOf(lanes, 'worker', 'lanes', 'µs an item'),
      },
      {
        ...{ name: 'stages', title: 'The same network in more stages', kind: 'lines' },
        ...{ xTitle: 'stages', yTitle: 'ms of CPU an item, all processes' },
        points: pointsOf(stages, null, 'stages', 'CPU ms an item'),
      },
    ],
    notes: [
      'Memory of a network is what its process has more than before it was loaded; of lanes, the most that was resident at one time.',
      'Stages share this machine’s cores with the broker and the feed: CPU an item tells what a hop costs, predictions a second what is left of it here.',
    ],
  };
}

function pointsOf({ rows }: Rows, series: string | null, x: string, y: string): PlotPoint[] {
  return rows.map((row) => ({
    series: series === null ? y : String(row[series]),
    ...{ x: Number(row[x]), y: Number(row[y]) },
  }));
}
