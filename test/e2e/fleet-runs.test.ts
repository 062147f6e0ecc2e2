import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fleetRuns, joinRuns } from '../../src/cli/training/fleet-runs.js';
import { Grid } from '../../src/geo/grid.js';
import { VehicleMap, defaultRules } from '../../src/geo/windows.js';
import { allItems } from '../../src/model/training/hits.js';
import { writeWindow } from '../../src/model/training/sequences.js';
import { createFleet } from '../../src/producer/feeds/fleet/fleet.js';
import { projectDir } from '../../src/project-dir.js';
import type { FleetRequest, FleetSource } from '../../src/cli/training/fleet-runs.js';

const fromMs = Date.UTC(2024, 2, 4, 12);
const request: FleetRequest = { seed: 'unit', vehicles: 15, fromMs, toMs: fromMs + 3_600_000 };

describe('training data', () => {
  let cacheDir = '';
  let grid: Grid;
  let source: FleetSource;
  before(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'stagecoach-runs-'));
    const path = join(projectDir(), 'models', 'daejeon', 'grid.json');
    grid = Grid.parse(JSON.parse(await readFile(path, 'utf8')));
    source = { grid, rules: defaultRules, cacheDir, onProgress: () => undefined };
  });
  after(() => rm(cacheDir, { recursive: true }));

  it('has the windows that the live windower makes, each with the next one as its truth', async () => {
    // Live: every window, and as its truth the next cell of the vehicle, unless a trip begins there.
    const vehicles = new VehicleMap(grid, defaultRules);
    const open = new Map<string, string>();
    const live: string[] = [];
    const { seed, toMs } = request;
    for (const fix of createFleet({ seed, vehicles: 15, startTimeMs: fromMs, endTimeMs: toMs })) {
      const outcome = vehicles.take(fix, fix.eventTimeMs);
      if (outcome.kind !== 'entered') continue;
      const window = open.get(fix.vehicleId);
      if (window !== undefined && !outcome.newTrip) live.push(`${window} → ${outcome.cell}`);
      open.set(fix.vehicleId, outcome.window.join());
    }

    const { runs, data } = await fleetRuns(request, source);
    const { positions, runStarts } = allItems(runs);
    const window = new Int32Array(defaultRules.steps);
    const made = Array.from(positions, (position, index) => {
      writeWindow(runs, position, runStarts[index] ?? 0, window);
      return `${window.join()} → ${runs.cells[position + 1] ?? -1}`;
    });
    assert.ok(live.length > 100);
    assert.deepEqual(made.sort(), live.sort());
    assert.equal(data.transitions, live.length);
    assert.equal(new Set(runs.vehicles).size, 15);
    assert(runs.timesMs.every((ms) => ms >= fromMs && ms < toMs));
  });

  it('is simulated once, and read from the cache afterwards', async () => {
    const first = await fleetRuns(request, source);
    const files = await readdir(cacheDir);
    const again = await fleetRuns(request, source);
    assert.deepEqual(again, first);
    assert.deepEqual(await readdir(cacheDir), files);
    const other = await fleetRuns({ ...request, seed: 'other' }, source);
    assert.notDeepEqual(other.runs, first.runs);
  });

  it('joins the runs of several fleets without joining a run to another', () => {
    const joined = joinRuns([
      {
        ...{ cells: Int32Array.of(1, 2, 3), starts: Int32Array.of(0, 2, 3) },
        ...{ timesMs: Float64Array.of(10, 20, 30), vehicles: Int32Array.of(1, 0) },
        entries: Int32Array.of(6, 7, 8),
      },
      {
        ...{ cells: Int32Array.of(4, 5), starts: Int32Array.of(0, 2) },
        ...{ timesMs: Float64Array.of(40, 50), vehicles: Int32Array.of(0) },
        entries: Int32Array.of(9, 10),
      },
    ]);
    assert.deepEqual([...joined.cells], [1, 2, 3, 4, 5]);
    assert.deepEqual([...joined.entries], [6, 7, 8, 9, 10]);
    assert.deepEqual([...joined.starts], [0, 2, 3, 5]);
    assert.deepEqual([...joined.timesMs], [10, 20, 30, 40, 50]);
    assert.deepEqual([...joined.vehicles], [1, 0, 2]);
  });
});
