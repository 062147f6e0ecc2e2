import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readCity } from '../../../src/cli/city-file.js';
import { driveTracks } from '../../../src/cli/training/driven-tracks.js';
import { partOf } from '../../../src/cli/training/vehicle-split.js';
import { Grid } from '../../../src/geo/grid.js';
import { CitySquares } from '../../../src/geo/make-grid.js';
import { VehicleMap, defaultRules } from '../../../src/geo/windows.js';
import { allItems } from '../../../src/model/training/hits.js';
import { writeWindow } from '../../../src/model/training/sequences.js';
import { readFixLines } from '../../../src/producer/feeds/lines.js';
import { readTracks } from '../../../src/producer/feeds/tracks.js';
import { projectDir } from '../../../src/project-dir.js';

const sample = join(projectDir(), 'data', 'san-francisco', 'sample.csv');

describe('the sample of San Francisco', () => {
  it('has cabs only that are for the test, and no line that is wrong', async () => {
    const { tracks, fixes, badLines, sortedVehicles } = await readTracks(createReadStream(sample));
    const split = { seed: 1, percent: { training: 70, validation: 10, test: 20 } };
    assert.deepEqual(
      new Set(tracks.map(({ vehicleId }) => partOf(vehicleId, split))),
      new Set(['test']),
    );
    assert.equal(tracks.length, 6);
    // By `wc -l`, less the header.
    assert.equal(fixes, 2_407);
    assert.equal(badLines.size + sortedVehicles, 0);
  });

  it('gives the windows that the live windower makes if the file is fed at once', async () => {
    const { city } = readCity(join(projectDir(), 'cities', 'san-francisco.json'));
    const grid = Grid.parse(new CitySquares(city).gridOf(() => true));

    // Live: line by line, all taken in at one moment, years after they were recorded.
    const fedAtMs = Date.UTC(2024, 0, 1);
    const vehicles = new VehicleMap(grid, defaultRules);
    const open = new Map<string, string>();
    const live: string[] = [];
    let rejected = 0;
    for await (const line of readFixLines(createReadStream(sample))) {
      assert.ok(line.ok);
      const outcome = vehicles.take(line.fix, fedAtMs);
      if (outcome.kind === 'rejected') rejected += 1;
      if (outcome.kind !== 'entered') continue;
      const window = open.get(line.fix.vehicleId);
      if (window !== undefined && !outcome.newTrip) live.push(`${window} → ${outcome.cell}`);
      open.set(line.fix.vehicleId, outcome.window.join());
    }

    const { tracks } = await readTracks(createReadStream(sample));
    const { runs, data } = driveTracks(tracks, grid, defaultRules);
    const { positions, runStarts } = allItems(runs);
    const window = new Int32Array(defaultRules.steps);
    const made = Array.from(positions, (position, index) => {
      writeWindow(runs, position, runStarts[index] ?? 0, window);
      return `${window.join()} → ${runs.cells[position + 1] ?? -1}`;
    });
    assert.ok(live.length > 500);
    assert.deepEqual(made.sort(), live.sort());
    const counts: number[] = Object.values(data.rejected);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      rejected,
    );
  });
});
