import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  describeArea,
  readBox,
  readBoxOrFile,
  zoneDoubt,
} from '../../../src/cli/init/area-answer.js';

const areaOfBox = (text: string) => readBox(text).area;

describe('a box that somebody types', () => {
  it('has its western edge first, as in GeoJSON, with commas or blanks between', () => {
    const source = { west: 127.25, south: 36.19, east: 127.53, north: 36.49 };
    for (const text of ['127.25,36.19,127.53,36.49', ' 127.25  36.19, 127.53 36.49 ']) {
      assert.deepEqual(readBox(text).source, source);
      assert.deepEqual(readBoxOrFile(text).source, source);
    }
  });

  it('is refused where it is no box, or its latitudes come first', () => {
    assert.throws(() => readBox('127.25,36.19,127.53'), /expected four numbers.*found "127.25/);
    assert.throws(() => readBox('127.25,36.19,127.53,north'), /expected four numbers/);
    assert.throws(() => readBox('36.19,127.25,36.49,127.53'), /-90 to 90.*swapped/);
    assert.throws(() => readBoxOrFile('nowhere.geojson'), /nowhere.geojson can't be read/);
    assert.throws(() => readBoxOrFile(''), /give a box/);
  });

  it('is described by its sides and its size', () => {
    // 0.3° of latitude are 33.36 km, and 0.28° of longitude at 36.34° 25.08 km.
    assert.equal(
      describeArea(areaOfBox('127.25,36.19,127.53,36.49')),
      '36.190° N to 36.490° N, 127.250° E to 127.530° E: 25 × 33 km',
    );
    // 5° at 18° S are 528.8 km; 4° of latitude 444.8 km.
    assert.equal(
      describeArea(areaOfBox('177,-20,-178,-16')),
      '20.000° S to 16.000° S, 177.000° E to 178.000° W: 529 × 445 km, across the antimeridian',
    );
  });
});

describe('a time zone that hardly goes with an area', () => {
  it('makes one doubt whether latitude and longitude are swapped, where that would fit', () => {
    // Paris with its latitude first. Buenos Aires would be far from Tokyo either way.
    assert.match(zoneDoubt(areaOfBox('48.8,2.2,48.9,2.5'), 'Europe/Paris') ?? '', /swapped/);
    assert.match(zoneDoubt(areaOfBox('-34.7,-58.6,-34.5,-58.3'), 'Asia/Tokyo') ?? '', /right time/);
  });

  it('makes one doubt the zone where nothing would fit', () => {
    assert.match(zoneDoubt(areaOfBox('177,-20,-178,-16'), 'UTC') ?? '', /UTC is 12.0 hours off/);
  });

  it('gives no doubt where people live by it, however odd', () => {
    for (const [box, zone] of [
      ['127.25,36.19,127.53,36.49', 'Asia/Seoul'],
      ['177,-20,-178,-16', 'Pacific/Fiji'],
      ['75.8,39.3,76.1,39.6', 'Asia/Shanghai'],
      ['-22.1,64.0,-21.6,64.2', 'Atlantic/Reykjavik'],
      ['-68.7,-31.7,-68.4,-31.4', 'America/Argentina/San_Juan'],
      ['-3.9,40.3,-3.5,40.6', 'Europe/Madrid'],
      ['-157.6,1.7,-157.2,2.1', 'Pacific/Kiritimati'],
      ['177.3,64.6,177.7,64.8', 'Asia/Anadyr'],
    ] as const) {
      assert.equal(zoneDoubt(areaOfBox(box), zone), null, zone);
    }
  });
});
