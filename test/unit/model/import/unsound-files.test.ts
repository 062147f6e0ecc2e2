import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importModel } from '../../../../src/model/import/import-model.js';
import { archiveOf, hdf5Of, importBytes, partsOf, vectorBytes } from './model-parts.js';
import { zipOf } from './zip-writer.js';

const mebibyte = 2 ** 20;

async function refusesAs(code: string, message: RegExp, bytes: Buffer): Promise<void> {
  await assert.rejects(importBytes(bytes), { name: 'ModelError', code, message });
}

const refuses = (message: RegExp, bytes: Buffer): Promise<void> =>
  refusesAs('MODEL_FILE_INVALID', message, bytes);

/** Another configuration with the same weights. */
async function withConfig(name: string, change: (text: string) => string): Promise<Buffer> {
  const parts = await partsOf(name);
  const text = parts['config.json'].toString();
  const changed = change(text);
  assert.notEqual(changed, text);
  return archiveOf({ ...parts, 'config.json': Buffer.from(changed) });
}

describe('a file that is not what it should be is refused, with the reason', () => {
  it('no file at all', async () => {
    await assert.rejects(importModel('/nowhere/model.keras'), { code: 'MODEL_FILE_MISSING' });
  });

  it('neither zip nor HDF5 nor JSON', async () => {
    await refuses(/no model file that is known/, Buffer.from('hello'));
    await refuses(/no model file that is known/, Buffer.alloc(0));
  });

  it('a zip archive that is cut short', async () => {
    const whole = vectorBytes('lstm.keras');
    await refuses(/can't be unpacked/, whole.subarray(0, whole.length / 2));
  });

  it('a zip archive with a changed byte in its weights', async () => {
    const bytes = vectorBytes('lstm.keras');
    const at = bytes.indexOf(Buffer.from('\u0089HDF', 'latin1')) + 5_000;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await refuses(/damaged model\.weights\.h5/, bytes);
  });

  it('a zip archive without weights', async () => {
    const { 'config.json': config, 'metadata.json': metadata } = await partsOf('lstm');
    const archive = archiveOf({ 'config.json': config, 'metadata.json': metadata });
    await refuses(/has no model\.weights\.h5/, archive);
  });

  it('HDF5 without its signature', async () => {
    const bytes = vectorBytes('lstm.h5');
    bytes.writeUInt8(0, 0);
    await refuses(/no model file that is known/, bytes);
    const parts = await partsOf('lstm');
    const weights = Buffer.from(parts['model.weights.h5']);
    weights.writeUInt8(0, 0);
    await refuses(/no sound HDF5 file/, archiveOf({ ...parts, 'model.weights.h5': weights }));
  });

  it('HDF5 that is cut short', async () => {
    const bytes = vectorBytes('lstm.h5');
    await refuses(/no sound HDF5 file/, bytes.subarray(0, bytes.length / 2));
  });

  it('HDF5 with weights alone', async () => {
    await refuses(
      /weights without the network/,
      await hdf5Of((file) => file.create_group('layers')),
    );
  });

  it('a configuration that is no JSON, or nested without end', async () => {
    await refuses(/config\.json is no JSON/, await withConfig('lstm', (text) => text.slice(9)));
    const depth = 100_000;
    const nested = await withConfig('lstm', () => '['.repeat(depth) + ']'.repeat(depth));
    await refuses(/nested more than/, nested);
  });
});

describe('a file that claims more than it holds is refused before it takes memory', () => {
  it('a zip archive that would unpack to far more bytes than it has', async () => {
    const parts = await partsOf('lstm');
    const others = Object.entries(parts).map(([name, data]) => ({ name, data }));
    const bomb = { name: 'config.json', data: Buffer.alloc(40 * mebibyte), deflate: true };
    const rest = others.filter(({ name }) => name !== bomb.name);
    await refuses(/at most 200 times as many/, zipOf([bomb, ...rest]));
    const larger = { ...bomb, data: Buffer.alloc(65 * mebibyte) };
    await refuses(/at most 67108864 are taken/, zipOf([larger, ...rest]));
  });

  it('a zip archive that unpacks to more than its directory says', async () => {
    const liar = {
      name: 'config.json',
      data: Buffer.alloc(40 * mebibyte),
      deflate: true,
      claimedBytes: 1_000,
    };
    await refuses(/can't be unpacked: too many bytes/, zipOf([liar]));
  });

  it('a configuration that calls for more weights than the file holds', async () => {
    const huge = await withConfig('lstm', (text) =>
      text.replace('"units": 5', `"units": ${2 ** 40}`),
    );
    await refuses(/more weights than the file holds/, huge);
  });

  it('a weight that is larger on record than its file', async () => {
    const parts = await partsOf('lstm');
    const weights = await hdf5Of((file) => {
      const group = file.create_group('layers').create_group('lstm').create_group('cell');
      group.create_group('vars').create_dataset({
        name: '0',
        data: new Float32Array(4),
        shape: [4],
        maxshape: [null],
        chunks: [4],
      });
      const dataset = file.get('layers/lstm/cell/vars/0');
      if (dataset && 'resize' in dataset) dataset.resize([2 ** 34]);
      // Room for the weights that the configuration calls for.
      file.create_dataset({ name: 'other', data: new Float32Array(20_000) });
    });
    await refuses(
      /68719476736 bytes on record/,
      archiveOf({ ...parts, 'model.weights.h5': weights }),
    );
  });
});

describe('weights that are not those of the network are refused, and the layer is named', () => {
  it('weights that are missing', async () => {
    const [lstm, pictures] = [await partsOf('lstm'), await partsOf('pictures')];
    const mixed = { ...lstm, 'model.weights.h5': pictures['model.weights.h5'] };
    await refuses(/Layer lstm \(LSTM\) has 3 weights .* but 0 at layers\/lstm/, archiveOf(mixed));
  });

  it('weights of another shape', async () => {
    const wider = await withConfig('lstm', (text) => text.replace('"units": 6', '"units": 7'));
    await refuses(/Layer lstm \(LSTM\) .* \[3, 28\]; found \[3, 24\]/, wider);
    const after = await withConfig('gru', (text) =>
      text.replace('"reset_after": true', '"reset_after": false'),
    );
    await refuses(/Layer gru_after \(GRU\) .* \[18\]; found \[2, 18\]/, after);
  });

  it('weights of another layer', async () => {
    const renamed = await withConfig('lstm', (text) => text.replaceAll('"lstm_1"', '"other"'));
    await refuses(/Layer other \(LSTM\) .* those there are of layer lstm_1/, renamed);
  });
});

describe('a graph that can not be one is refused', () => {
  it('a layer that depends on itself', async () => {
    const circle = await withConfig('residual', (text) =>
      text.replace('"keras_history": ["image", 0, 0]', '"keras_history": ["norm", 0, 0]'),
    );
    await refuses(/the model goes in a circle/, circle);
  });

  it('a layer that takes what no layer gives', async () => {
    const loose = await withConfig('residual', (text) =>
      text.replace('"keras_history": ["image", 0, 0]', '"keras_history": ["image", 7, 0]'),
    );
    await refuses(/Layer stem takes what call 7 of layer image gives/, loose);
  });

  it('two layers of one name', async () => {
    const twice = await withConfig('residual', (text) => text.replaceAll('"norm"', '"stem"'));
    await refuses(/two layers of the name stem/, twice);
  });

  it('a name that would move the cursor of a terminal', async () => {
    const escape = await withConfig('residual', (text) =>
      text.replaceAll('"norm"', '"\\u001b[2J"'),
    );
    await refuses(/expected a name/, escape);
  });
});
