import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderProfile } from '../../../src/observe/render-profile.js';
import { profile } from '../partition/profile-fixture.js';

const plain = { columns: 200, rich: false };

/** The cells of the line that begins with this text. */
function cellsOf(text: string, first: string): string[] {
  const line = text.split('\n').find((one) => one.trim().startsWith(first));
  assert(line !== undefined, `no line begins with ${first}:\n${text}`);
  return line.trim().split(/ {2,}/);
}

describe('the table of a profile', () => {
  const text = renderProfile(profile, plain);

  it("has each layer's time by batch size, with its spread, and how it is computed", () => {
    const gru = ['gru', 'GRU', 'native', '4.0 kB', '1.00 +-0.000', '4.00 +-0.500'];
    assert.deepEqual(cellsOf(text, 'gru'), gru);
    assert.deepEqual(cellsOf(text, 'own').slice(0, 3), ['own', 'Conv1D', 'tfjs']);
  });

  it('adds up the network, with one call', () => {
    // By hand: 1 + 2 + 0.25 and 4 + 6 + 0.5.
    assert.deepEqual(cellsOf(text, 'all together'), ['all together', '3.25', '10.50']);
    assert.deepEqual(cellsOf(text, 'off by, median').slice(1), ['1.0 % / 1.0 %', '2.0 % / 2.0 %']);
  });

  it('has the bytes of each cut by encoding, up to the sink', () => {
    assert.deepEqual(cellsOf(text, '1 own'), ['1 own', '400 B', '200 B', '40 B']);
    assert.deepEqual(cellsOf(text, 'the sink'), ['the sink', '60 B', '50 B']);
  });

  it('says what the node is, and names the layers that tfjs-layers computes', () => {
    assert.match(text, /alpha: 0\.50 cores, 1\.0 GB of memory/);
    assert.match(
      text,
      /2\.0 ms for a lone record through a stage without layers, 100 MB\/s up, 200 MB\/s down/,
    );
    assert.match(text, /slower than native, by tfjs-layers: own/);
  });

  it('says where no broker was measured', () => {
    assert.match(renderProfile({ ...profile, link: null }, plain), /no broker measured/);
  });
});
