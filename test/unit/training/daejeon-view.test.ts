import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { daejeonView } from '../../../src/cli/training/daejeon-view.js';
import { Grid } from '../../../src/geo/grid.js';
import { projectDir } from '../../../src/project-dir.js';

const grid = Grid.read(readFileSync(join(projectDir(), 'models', 'daejeon', 'grid.json')));
const { areas, timeZone } = daejeonView(grid);

/** Well-known places and the gu of their postal addresses. */
const places: readonly [name: string, latitude: number, longitude: number, gu: string][] = [
  ['City Hall', 36.3504, 127.3848, 'Seo-gu'],
  ['KAIST', 36.3704, 127.3626, 'Yuseong-gu'],
  ['Daejeon Station', 36.3323, 127.4342, 'Dong-gu'],
  ['Chungnam National University Hospital', 36.317, 127.4153, 'Jung-gu'],
  ['Sintanjin Station', 36.4508, 127.4294, 'Daedeok-gu'],
];

describe('Daejeon, as an evaluation sees it', () => {
  for (const [name, latitude, longitude, gu] of places) {
    it(`has ${name} in ${gu}`, () => {
      assert.equal(areas?.nameOf(grid.cellAt(latitude, longitude)), gu);
    });
  }

  it('has every cell in one of five gu, and Korean time', () => {
    const names = Array.from({ length: grid.size }, (_, index) => areas?.nameOf(index + 1));
    assert.equal(new Set(names).size, 5);
    assert.ok(!names.includes('') && !names.includes(null));
    assert.equal(timeZone, 'Asia/Seoul');
  });
});
