import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { Grid } from '../../../../src/geo/grid.js';
import { gridOfRoads } from '../../../../src/geo/make-grid.js';
import { RoadNetwork } from '../../../../src/geo/roads.js';
import { defaultRules } from '../../../../src/geo/windows.js';
import { fleetBounds, fleetDrivesIn } from '../../../../src/producer/feeds/fleet/fleet-area.js';
import { fleetWindows } from '../../../../src/producer/fleet-windows.js';
import { projectDir } from '../../../../src/project-dir.js';
import { equatorCity } from '../../geo/city-fixture.js';

describe('where the simulated fleet drives', () => {
  it('is a box that holds all its roads, and nothing more than 150 m around them', () => {
    const bytes = gunzipSync(readFileSync(join(projectDir(), 'data/daejeon/roads.json.gz')));
    const { pointLatitude, pointLongitude } = RoadNetwork.parse(JSON.parse(bytes.toString()));
    const [south, north] = extremes(pointLatitude);
    const [west, east] = extremes(pointLongitude);
    const slack = [
      south - fleetBounds.south,
      west - fleetBounds.west,
      fleetBounds.north - north,
      fleetBounds.east - east,
    ];
    // 0.0015° are 167 m of latitude and 134 m of longitude here.
    for (const degrees of slack) assert.ok(degrees >= 0 && degrees < 0.0015, String(slack));
  });

  it('is on the grid of Daejeon, and on that of no other city', () => {
    const path = join(projectDir(), 'models', 'daejeon', 'grid.json');
    assert.ok(fleetDrivesIn(Grid.read(readFileSync(path))));
    const elsewhere = Grid.parse(
      gridOfRoads(equatorCity(), [
        [
          [30, 0.001],
          [30.03, 0.001],
        ],
      ]),
    );
    assert.ok(!fleetDrivesIn(elsewhere));
    assert.equal(fleetWindows(elsewhere, defaultRules, 10, 'unit').count, 0);
  });
});

function extremes(values: Float64Array): [number, number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
}
