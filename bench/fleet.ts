/**
 * Measures the simulated fleet: fixes per second of one process, how often a fix enters a new cell,
 * and whether trips are as long as real ones.
 *
 *     npm run build && node dist/bench/fleet.js [seconds] [vehicles]
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Grid } from '../src/geo/grid.js';
import { projectDir } from '../src/project-dir.js';
import { Drive } from '../src/producer/feeds/fleet/leg.js';
import type { City } from '../src/producer/feeds/fleet/city.js';
import { loadCity } from '../src/producer/feeds/fleet/city.js';
import { createFleet } from '../src/producer/feeds/fleet/fleet.js';
import { Random } from '../src/producer/feeds/fleet/random.js';
import { drawTrip } from '../src/producer/feeds/fleet/trips.js';

const seconds = Number(process.argv[2] ?? 10);
const vehicles = Number(process.argv[3] ?? 400);
const trips = 5_000;
const hourMs = 3_600_000;
const mondayMs = Date.UTC(2024, 2, 3, 15);

const readMs = performance.now();
const city = loadCity();
const grid = Grid.read(readFileSync(path.join(projectDir(), 'models', 'daejeon', 'grid.json')));
console.log(`city read in ${(performance.now() - readMs).toFixed(0)} ms`);
measureFixes();
measureTrips(city);

function measureFixes(): void {
  const fleet = createFleet({ seed: 1, vehicles, city });
  const warmUpMs = performance.now();
  fleet.next();
  const startMs = performance.now();
  let fixes = 0;
  let simulatedMs = 0;
  for (const fix of fleet) {
    fixes++;
    simulatedMs = fix.eventTimeMs - mondayMs;
    if (fixes % 1024 === 0 && performance.now() - startMs > seconds * 1000) break;
  }
  const ratePerS = (fixes * 1000) / (performance.now() - startMs);
  const rssMb = process.memoryUsage.rss() / 1e6;
  console.log(
    `${vehicles} taxis: ${ratePerS.toFixed(0)} fixes/s over ${(simulatedMs / hourMs).toFixed(1)} simulated hours, ` +
      `first fix after ${(startMs - warmUpMs).toFixed(0)} ms, ${rssMb.toFixed(0)} MB resident`,
  );
  let fixesOfDay = 0;
  let entered = 0;
  let outside = 0;
  const cellOf = new Map<string, number>();
  for (const fix of createFleet({
    seed: 2,
    vehicles: 100,
    city,
    endTimeMs: mondayMs + 24 * hourMs,
  })) {
    const cell = grid.cellAt(fix.latitude, fix.longitude);
    fixesOfDay++;
    if (cell === 0) outside++;
    if (cellOf.get(fix.vehicleId) !== cell) entered++;
    cellOf.set(fix.vehicleId, cell);
  }
  console.log(
    `a day of 100 taxis: ${fixesOfDay} fixes, ${((100 * entered) / fixesOfDay).toFixed(1)} % enter a new cell, ` +
      `${((100 * outside) / fixesOfDay).toFixed(4)} % are outside of all cells`,
  );
}

function measureTrips({ roads, router, traffic }: City): void {
  const random = Random.of(1, 'bench');
  const lengthsM: number[] = [];
  const cells: number[] = [];
  const speedsKmh: number[] = [];
  const motion = { latitude: 0, longitude: 0, speedMps: 0, bearingDeg: 0 };
  let routingMs = 0;
  for (let trip = 0; trip < trips; trip++) {
    const startMs = mondayMs + (trip % 24) * hourMs;
    const slowness = traffic.slowness(startMs);
    const { from, to } = drawTrip(city, random);
    const beforeMs = performance.now();
    const route = router.route(from, to, traffic.drawTaste(slowness, random)) ?? new Int32Array();
    routingMs += performance.now() - beforeMs;
    const options = { errand: 'carrying', startMs, slowness, pace: 1 } as const;
    const drive = new Drive(roads, traffic, route, options, random);
    const lengthM = route.reduce((sum, arc) => sum + (roads.segmentLengthM[arc >> 1] ?? 0), 0);
    lengthsM.push(lengthM);
    speedsKmh.push((lengthM / (drive.endMs - startMs)) * 3600);
    let crossed = 0;
    let last = -1;
    for (let timeMs = startMs; timeMs <= drive.endMs; timeMs += 2_000) {
      drive.locate(timeMs, motion);
      const cell = grid.cellAt(motion.latitude, motion.longitude);
      if (cell !== last) crossed++;
      last = cell;
    }
    cells.push(crossed);
  }
  console.log(
    `${trips} trips: ${(routingMs / trips).toFixed(2)} ms to route one, ${mean(speedsKmh).toFixed(1)} km/h, ` +
      `${mean(cells).toFixed(1)} cells (median ${quantile(cells, 0.5)}, 95 %: ${quantile(cells, 0.95)})`,
  );
  const file = path.join(projectDir(), 'data', 'daejeon', 'trip-distance-quantiles.csv');
  for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(2)) {
    const [share = 0, realM = 0] = line.split(',').map(Number);
    const simulatedM = quantile(lengthsM, share);
    console.log(
      `  ${(share * 100).toFixed(0).padStart(2)} % of trips are under ${realM} m in reality, ` +
        `${simulatedM.toFixed(0)} m here (${(simulatedM / realM).toFixed(2)})`,
    );
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)] ?? NaN;
}
