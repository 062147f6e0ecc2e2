import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createFleet } from '../../producer/feeds/fleet/fleet.js';
import { CellRunBuilder } from '../../geo/cell-runs.js';
import { transitionsOf } from '../../model/training/sequences.js';
import { readRuns, writeRuns } from './runs-file.js';
import type { FleetData } from '../../model/training/card.js';
import type { DrivenRuns } from '../../model/training/sequences.js';
import type { Grid } from '../../geo/grid.js';
import type { WindowRules } from '../../geo/windows.js';

/** A fleet to take cells from. */
export interface FleetRequest {
  readonly seed: string;
  readonly vehicles: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a fleet did, and where that comes from. */
export interface FleetRuns {
  readonly data: FleetData;
  readonly runs: DrivenRuns;
}

/** Where and by which rules runs are made. */
export interface FleetSource {
  readonly grid: Grid;
  readonly rules: WindowRules;
  /** Folder for runs that were made before. */
  readonly cacheDir: string;
  /** Hears which share of a fleet's time is done, 0 … 1. */
  readonly onProgress: (seed: string, share: number) => void;
}

/** Enough fixes to tell one simulator from a changed one. */
const probeFixes = 2_000;
/** Changes with the layout of the files in the cache. */
const layout = 3;
/** Fixes between two moments at which the process looks at anything else. */
const sliceFixes = 50_000;

function fleetOf(request: FleetRequest): ReturnType<typeof createFleet> {
  const { seed, vehicles, fromMs, toMs } = request;
  return createFleet({ seed, vehicles, startTimeMs: fromMs, endTimeMs: toMs });
}

/** Names a fleet by its options, the grid, the rules and its first fixes. */
function keyOf(request: FleetRequest, { grid, rules }: FleetSource): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([layout, request, rules, grid.toJSON()]));
  let left = probeFixes;
  for (const fix of fleetOf(request)) {
    hash.update(JSON.stringify(fix));
    left -= 1;
    if (left === 0) break;
  }
  return hash.digest('hex').slice(0, 32);
}

async function simulate(
  request: FleetRequest,
  { grid, rules, onProgress }: FleetSource,
): Promise<{ fixes: number; runs: DrivenRuns }> {
  const builder = new CellRunBuilder(grid, rules);
  const { seed, fromMs, toMs } = request;
  let fixes = 0;
  for (const fix of fleetOf(request)) {
    builder.take(fix);
    fixes += 1;
    if (fixes % sliceFixes !== 0) continue;
    onProgress(seed, (fix.eventTimeMs - fromMs) / (toMs - fromMs));
    await nextTurn();
  }
  return { fixes, runs: builder.finish() };
}

/** The runs of a fleet, simulated now or taken from an earlier run of the same. */
export async function fleetRuns(request: FleetRequest, source: FleetSource): Promise<FleetRuns> {
  const path = join(source.cacheDir, `${keyOf(request, source)}.runs`);
  if (!existsSync(path)) {
    const made = await simulate(request, source);
    await writeRuns(path, made.fixes, made.runs);
  }
  const { fixes, runs } = await readRuns(path);
  source.onProgress(request.seed, 1);
  const { seed, vehicles, fromMs, toMs } = request;
  return {
    runs,
    data: {
      seed,
      vehicles,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      fixes,
      items: runs.cells.length,
      transitions: transitionsOf(runs),
    },
  };
}

/** All runs of several fleets, one fleet after the other; no two fleets share a vehicle. */
export function joinRuns(all: readonly DrivenRuns[]): DrivenRuns {
  const cellCount = all.reduce((sum, { cells }) => sum + cells.length, 0);
  const [cells, entries] = [new Int32Array(cellCount), new Int32Array(cellCount)];
  const timesMs = new Float64Array(cellCount);
  const starts: number[] = [];
  const vehicles: number[] = [];
  let offset = 0;
  let firstVehicle = 0;
  for (const runs of all) {
    cells.set(runs.cells, offset);
    timesMs.set(runs.timesMs, offset);
    entries.set(runs.entries, offset);
    for (const start of runs.starts.subarray(0, -1)) starts.push(start + offset);
    for (const vehicle of runs.vehicles) vehicles.push(vehicle + firstVehicle);
    offset += runs.cells.length;
    firstVehicle += 1 + runs.vehicles.reduce((most, vehicle) => Math.max(most, vehicle), -1);
  }
  const all32 = {
    starts: Int32Array.from([...starts, offset]),
    vehicles: Int32Array.from(vehicles),
  };
  return { cells, timesMs, entries, ...all32 };
}
