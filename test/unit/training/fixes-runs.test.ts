import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { after, before, describe, it } from 'node:test';
import { fixesRuns } from '../../../src/cli/training/fixes-runs.js';
import { Grid } from '../../../src/geo/grid.js';
import { defaultRules } from '../../../src/geo/windows.js';
import { equatorCity } from '../geo/city-fixture.js';
import type { FixesRequest } from '../../../src/cli/training/fixes-runs.js';

const city = equatorCity({ visited: { minVisits: 2, minVehicles: 2 } });
/** Squares of 1.1 km in the city's third row: cells 1, 2 and 3, once a and b have been in them. */
const [west, middle, east] = ['-0.005,30.005', '-0.005,30.015', '-0.005,30.025'];
/** A square of the row to the north: no cell, since no training vehicle was in it. */
const north = '0.005,30.005';
const away = '5,30.005';

/** Each line: seconds after an hour, vehicle, position. */
function csv(lines: readonly (readonly [number, string, string])[]): string {
  const rows = lines.map(([seconds, id, place]) => `${1_200_000_000 + seconds},${id},${place}`);
  return ['ts,cab,lat,lon', ...rows, ''].join('\n');
}

// Training: a, b. Validation: c. Test: abboip. See the split's own test.
const lines: readonly (readonly [number, string, string])[] = [
  [0, 'a', west],
  [120, 'a', middle],
  [240, 'a', east],
  [0, 'b', east],
  [240, 'b', west],
  [120, 'b', middle],
  [0, 'c', west],
  [120, 'c', east],
  [360, 'c', north],
  [0, 'abboip', west],
  [120, 'abboip', middle],
  [123, 'abboip', away],
  [240, 'abboip', east],
  // More than the trip gap later.
  [900, 'abboip', west],
  [1_020, 'abboip', north],
];

describe('the data of a file of fixes', () => {
  let folder = '';
  let request: FixesRequest;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-fixes-'));
    request = {
      path: join(folder, 'fixes.csv'),
      city: { city, digest: 'city' },
      split: { seed: 1, percent: { training: 70, validation: 10, test: 20 } },
      rules: defaultRules,
      cacheDir: join(folder, 'cache'),
      onProgress: () => undefined,
    };
    await writeFile(request.path, csv(lines));
  });
  after(() => rm(folder, { recursive: true }));

  it('has a grid of where training vehicles were, and the runs of each part’s vehicles', async () => {
    const { gridFile, runs } = await fixesRuns(request);
    assert.deepEqual(Grid.read(gridFile).toJSON().occupied, ['...', '...', '###', '...']);
    assert.deepEqual([...runs.training.cells], [1, 2, 3, 3, 2, 1]);
    assert.deepEqual([...runs.training.starts], [0, 3, 6]);
    assert.deepEqual([...runs.training.vehicles], [0, 1]);
    assert.deepEqual([...runs.validation.cells], [1, 3, 0]);
    assert.deepEqual([...runs.test.cells], [1, 2, 3, 1, 0]);
    assert.deepEqual([...runs.test.starts], [0, 3, 5]);
    assert.deepEqual([...runs.test.vehicles], [0, 0]);
    assert.equal(runs.test.timesMs[2], 1_200_000_240_000);
  });

  it('comes with what it is: counts, rejections, outliers, moves', async () => {
    const { data, report } = await fixesRuns(request);
    assert.deepEqual(data.training, {
      vehicles: 2,
      from: '2008-01-10T21:20:00.000Z',
      to: '2008-01-10T21:24:00.000Z',
      fixes: 6,
      rejected: {},
      items: 6,
      transitions: 4,
    });
    assert.deepEqual(data.test.rejected, { FIX_NOT_PLAUSIBLE: 1 });
    assert.equal(data.test.fixes, 6);
    assert.equal(data.test.transitions, 3);
    assert.equal(data.outside, 1);
    assert.deepEqual(report, {
      examples: [],
      sortedVehicles: 1,
      inNoCell: 2,
      // 3 of a, 3 of b, 3 of c, 5 of abboip.
      medianItems: 3,
      moves: { toNeighbour: 6, overOneSquare: 1, overMore: 0 },
    });
  });

  it('is made once, and read from the cache afterwards', async () => {
    const first = await fixesRuns(request);
    const files = await readdir(request.cacheDir);
    assert.deepEqual(await fixesRuns(request), first);
    assert.deepEqual(await readdir(request.cacheDir), files);
    const percent = { training: 71, validation: 9, test: 20 };
    await fixesRuns({ ...request, split: { seed: 1, percent } });
    assert.equal((await readdir(request.cacheDir)).length, 2 * files.length);
  });

  it('may be gzipped; what is packed otherwise or broken is refused with what to do', async () => {
    const path = join(folder, 'fixes.csv.gz');
    const packed = gzipSync(csv(lines));
    await writeFile(path, packed);
    const { runs, data } = await fixesRuns({ ...request, path });
    assert.deepEqual([...runs.test.cells], [1, 2, 3, 1, 0]);
    const sha256 = createHash('sha256').update(csv(lines)).digest('hex');
    assert.equal(data.fileDigest, sha256, 'that of the file before it was packed');
    await writeFile(path, packed.subarray(0, packed.length - 12));
    await assert.rejects(fixesRuns({ ...request, path }), /fixes.csv.gz can't be read: unexpected/);
    await writeFile(path, Buffer.from('fd377a585a0000', 'hex'));
    await assert.rejects(fixesRuns({ ...request, path }), /packed with xz.*xz --decompress/);
    const missing = join(folder, 'missing.csv');
    await assert.rejects(fixesRuns({ ...request, path: missing }), { code: 'CONFIG' });
  });

  it('is refused where a part has nothing to learn or to test', async () => {
    // With seed 2 (see the split's own test) c and abboip train, a and b test, none validates.
    const split = { ...request.split, seed: 2 };
    await assert.rejects(
      fixesRuns({ ...request, split }),
      /The 0 vehicles that .* has for validation .*--split/,
    );
  });
});
