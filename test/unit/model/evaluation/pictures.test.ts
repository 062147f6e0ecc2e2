import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { colourOf } from '../../../../src/model/evaluation/pictures/colour-scale.js';
import { errorMap } from '../../../../src/model/evaluation/pictures/error-map.js';
import { lossPicture } from '../../../../src/model/evaluation/pictures/loss-picture.js';
import { roundTicks } from '../../../../src/model/evaluation/pictures/panel.js';
import { reliabilityPicture } from '../../../../src/model/evaluation/pictures/reliability-picture.js';
import { squareCity } from './driven-runs.js';

/** The attribute `name` of every element that `pattern` finds. */
function all(svg: string, pattern: RegExp): string[] {
  return Array.from(svg.matchAll(pattern), ([, value = '']) => value);
}

describe('the error map', () => {
  const items = new Int32Array(101).fill(19);
  const wrong = new Int32Array(101);
  [items[1], wrong[1]] = [20, 20];
  [items[100], wrong[100]] = [40, 0];
  const areas = { kind: 'half', nameOf: (cell: number) => (cell <= 50 ? 'north' : 'south') };
  const svg = errorMap(
    'a <city>',
    { items, wrong },
    { places: squareCity, timeZone: 'UTC', areas },
  );

  it('colours cells by how often they are wrong, and greys those with few predictions', () => {
    const map = svg.slice(svg.indexOf('<g transform'));
    assert.equal(all(map, /class="(unknown)"/g).length, 98);
    assert.deepEqual(all(map, /fill="(#[0-9a-f]{6})"/g), [colourOf(1), colourOf(0)]);
    // Cell 1 is in the north-western corner, cell 100 in the south-eastern one, nine sides away.
    const [first, last] = [/<rect x="0" y="0"[^>]*#2d0a42/, /<rect x="576" y="576"[^>]*#fff8d6/];
    assert.match(map, first);
    assert.match(map, last);
  });

  it('draws a border where areas meet, and names them', () => {
    // Ten edges of 64 px, all at the lower end of the fifth row.
    const [path = ''] = all(svg, /class="border" d="([^"]*)"/g);
    assert.equal(path.split('M').length - 1, 10);
    assert.ok(
      path
        .split('M')
        .slice(1)
        .every((edge) => edge.includes(' 320H')),
    );
    assert.match(svg, />north</);
  });

  it('escapes what it is given', () => {
    assert.ok(svg.includes('a &#60;city&#62;') && !svg.includes('<city>'));
  });
});

describe('the colours of rates', () => {
  it('get darker all the way', () => {
    const lightness = Array.from({ length: 21 }, (_, index) => {
      const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
        parseInt(colourOf(index / 20).slice(at, at + 2), 16),
      );
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    assert.deepEqual(
      lightness,
      [...lightness].sort((a, b) => b - a),
    );
  });
});

describe('axes', () => {
  it('have round ticks that cover the values', () => {
    assert.deepEqual(roundTicks(0, 16_821, 5), [0, 5_000, 10_000, 15_000, 20_000]);
    assert.deepEqual(roundTicks(0.93, 1.21, 3), [0.9, 1, 1.1, 1.2, 1.3]);
    assert.deepEqual(roundTicks(7, 7, 5).length > 0, true);
  });
});

describe('the loss plot', () => {
  it('has a point for each validation, in both panels, and units', () => {
    const validations = [
      { step: 10, loss: 2, top1: 0.5 },
      { step: 20, loss: 1, top1: 0.75 },
    ];
    const svg = lossPicture(validations, 128);
    const [losses = '', hits = ''] = all(svg, /points="([^"]*)"/g);
    // Steps 0 … 20 span 610 px from 80; losses 1 … 2 span 190 px from 50 to 240.
    assert.equal(losses, '385,50 690,240');
    assert.match(hits, /^385,[\d.]+ 690,[\d.]+$/);
    assert.match(svg, /training loss \(nats\)/);
    assert.match(svg, /step \(128 windows each\)/);
    assert.match(lossPicture([], 128), /no validation/);
  });
});

describe('the reliability diagram', () => {
  it('has a point for each bin with predictions, and bars for their shares', () => {
    const empty = { items: 0, meanProbability: null, shareTrue: null };
    const bins = [
      { from: 0, to: 0.5, ...empty },
      { from: 0.5, to: 1, items: 10, meanProbability: 0.75, shareTrue: 0.5 },
    ];
    const svg = reliabilityPicture({ bins, expectedError: 0.25 });
    // 440 px from 80 and 400 px up from 460.
    assert.deepEqual(all(svg, /points="([^"]*)"/g), ['410,260']);
    assert.equal(all(svg, /(class="bar")/g).length, 2);
    assert.match(svg, /Expected calibration error 25.0 %/);
  });
});
