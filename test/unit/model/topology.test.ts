import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { subModelOf } from '../../../src/model/engine/sub-model.js';
import { fileOf, modelJsonPath } from '../../../src/model/model-files.js';
import { tensorsAt } from '../../../src/model/network-tensors.js';
import { describeLayers, readNetwork } from '../../../src/model/network.js';
import { checkTakesWindows } from '../../../src/model/next-cell.js';
import { tf } from '../../../src/model/tensorflow.js';
import { apply, branchedNetworks, filesOf } from './branched-networks.js';
import type { ModelFiles } from '../../../src/model/model-files.js';

interface FileLayer {
  name: string;
  class_name: string;
  config: Record<string, unknown>;
  inbound_nodes: unknown[];
}

interface FileModel {
  layers: FileLayer[];
  output_layers: unknown[];
}

const dense = (name: string, units = 3) => tf.layers.dense({ name, units });

/**
 * `a → head → left → sum → out` with `head → sum`, and `b → sum` too: three tensors of three values
 * on their way at most.
 */
async function diamond(): Promise<ModelFiles> {
  const a = tf.input({ shape: [4], name: 'a' });
  const b = tf.input({ shape: [3], name: 'b' });
  const head = apply(dense('head'), a);
  const left = apply(dense('left'), head);
  const sum = apply(tf.layers.add({ name: 'sum' }), [head, left, b]);
  return filesOf(tf.model({ inputs: [a, b], outputs: apply(dense('out', 5), sum) }), 1);
}

/** The files with their layers changed, as another program may have written them. */
function changed(files: ModelFiles, change: (config: FileModel) => void): ModelFiles {
  const json = JSON.parse(fileOf(files, modelJsonPath).toString()) as {
    modelTopology: { config: FileModel };
  };
  change(json.modelTopology.config);
  return new Map([...files, [modelJsonPath, Buffer.from(JSON.stringify(json))]]);
}

function layer(config: FileModel, name: string): FileLayer {
  const found = config.layers.find((one) => one.name === name);
  assert.ok(found);
  return found;
}

const namesOf = (files: ModelFiles): string[] => describeLayers(files).map(({ name }) => name);

describe('a network with branches', () => {
  it('counts its layers in the order of the file, without its inputs', async () => {
    assert.deepEqual(namesOf(await diamond()), ['head', 'left', 'sum', 'out']);
  });

  it('has a layer that stands too early in the file as soon as it can be, and no other moved', async () => {
    const shuffled = changed(await diamond(), ({ layers }) => {
      layers.unshift(
        ...layers.splice(
          layers.findIndex(({ name }) => name === 'sum'),
          1,
        ),
      );
    });
    assert.deepEqual(namesOf(shuffled), ['head', 'left', 'sum', 'out']);
    const reversed = changed(await diamond(), ({ layers }) => layers.reverse());
    assert.deepEqual(namesOf(reversed), ['head', 'left', 'sum', 'out']);
  });

  it('leaves out layers that no output depends on', async () => {
    const early = changed(await diamond(), (config) => {
      config.layers.push({ ...layer(config, 'out'), name: 'idle' });
    });
    assert.deepEqual(namesOf(early), ['head', 'left', 'sum', 'out']);
  });

  it('sends across each cut what is made before it and needed after it', async () => {
    const files = await diamond();
    const network = readNetwork(files);
    const crossing = [0, 1, 2, 3, 4].map((cut) =>
      tensorsAt(network, cut)
        .map(({ name }) => name)
        .join(' '),
    );
    assert.deepEqual(crossing, ['a b', 'b head', 'b head left', 'sum', 'out']);
    // Of four bytes each: 3 + 3, 3 + 3 + 3, 3 and 5 values.
    assert.deepEqual(
      describeLayers(files).map(({ cutBytes }) => cutBytes),
      [24, 36, 12, 20],
    );
  });

  it('has sub-models that say what they take, give and keep', async () => {
    const network = readNetwork(await diamond());
    const part = subModelOf(network, { from: 1, to: 2 });
    part.dispose();
    const names = (specs: readonly { readonly name: string }[]) => specs.map(({ name }) => name);
    assert.deepEqual(names(part.inputs), ['head']);
    assert.deepEqual(names(part.outputs), ['left']);
    assert.deepEqual(part.keeps, ['head']);
  });

  it('is read the same as Keras writes it: class Functional, arguments that say nothing', async () => {
    const files = changed(await diamond(), (config) => {
      layer(config, 'left').inbound_nodes = [[['head', 0, 0, { training: false, mask: null }]]];
    });
    const text = fileOf(files, modelJsonPath).toString().replace('"Model"', '"Functional"');
    const keras = new Map([...files, [modelJsonPath, Buffer.from(text)]]);
    assert.deepEqual(describeLayers(keras), describeLayers(await diamond()));
  });
});

/** A model of one input, made by what is done with it. */
async function withInput(
  build: (input: ReturnType<typeof tf.input>) => ReturnType<typeof tf.input>,
): Promise<ModelFiles> {
  const input = tf.input({ shape: [4, 3], name: 'a' });
  return filesOf(tf.model({ inputs: input, outputs: build(input) }), 1);
}

/** The diamond with other `inbound_nodes` of the layer `left`. */
async function leftTaking(...nodes: unknown[]): Promise<ModelFiles> {
  return changed(await diamond(), (config) => {
    layer(config, 'left').inbound_nodes = nodes;
  });
}

describe('a network that cannot be run', () => {
  const refused: Readonly<Record<string, [() => Promise<ModelFiles>, RegExp, string?]>> = {
    'a layer that is applied twice': [
      () =>
        withInput((input) => {
          const shared = dense('twice');
          return apply(shared, apply(shared, input));
        }),
      /Layer twice \(Dense\) is shared: the model applies it 2 times/,
    ],
    'a layer of a class that tfjs-layers has not': [
      async () =>
        changed(await diamond(), (config) => {
          layer(config, 'left').class_name = 'Lambda';
        }),
      /Layer left \(Lambda\) can't be run: tfjs-layers has no such class/,
    ],
    'a sequence as a layer': [
      () =>
        withInput((input) => {
          const inner = tf.sequential({ name: 'inner' });
          inner.add(tf.layers.dense({ units: 3, inputShape: [4, 3] }));
          return apply(inner, input);
        }),
      /Layer inner \(Sequential\) is a model within the model/,
    ],
    'a model as a layer': [
      () =>
        withInput((input) => {
          const own = tf.input({ shape: [4, 3] });
          return apply(
            tf.model({ name: 'inner', inputs: own, outputs: apply(dense('d'), own) }),
            input,
          );
        }),
      /Layer inner \((Model|Functional)\) is a model within the model/,
    ],
    'a layer that makes a mask': [
      () => withInput((input) => apply(tf.layers.masking({ name: 'hide' }), input)),
      /Layer hide \(Masking\) makes a mask/,
    ],
    'a layer that is given a mask': [
      () => leftTaking([['head', 0, 0, { mask: ['a', 0, 0] }]]),
      /Layer left \(Dense\) is given a mask/,
    ],
    'a recurrent layer with an initial state': [
      () =>
        withInput((input) => {
          const state = apply(tf.layers.globalMaxPooling1d(), input);
          return apply(tf.layers.gru({ name: 'memory', units: 3 }), [input, state]);
        }),
      /Layer memory \(GRU\) is given an initial state/,
    ],
    'a recurrent layer that gives its state': [
      async () =>
        changed(
          await withInput((input) => apply(tf.layers.gru({ name: 'memory', units: 3 }), input)),
          (config) => {
            layer(config, 'memory').config['return_state'] = true;
          },
        ),
      /Layer memory \(GRU\) can't be run: it has several outputs/,
    ],
    'a layer that takes the second output of another': [
      () => leftTaking([['head', 0, 1, {}]]),
      /Layer left \(Dense\) takes output 1 of head/,
    ],
    'a layer with other arguments': [
      () => leftTaking([['head', 0, 0, { y: 3 }]]),
      /Layer left \(Dense\) is called with y/,
    ],
    'a layer that takes nothing': [() => leftTaking(), /Layer left \(Dense\) takes nothing/],
    'an input of unknown size': [
      () => {
        const input = tf.input({ shape: [null, 3], name: 'a' });
        return filesOf(tf.model({ inputs: input, outputs: apply(dense('d'), input) }), 1);
      },
      /a's batch_input_shape must give every size/,
    ],
    'an input that is given out again': [
      async () =>
        changed(await diamond(), (config) => {
          config.output_layers.push(['b', 0, 0]);
        }),
      /The input b is given out again as it is/,
    ],
    'an input that is ids and numbers': [
      () => {
        const input = tf.input({ shape: [4], name: 'a' });
        const embedded = apply(tf.layers.embedding({ inputDim: 9, outputDim: 4 }), input);
        const flat = apply(tf.layers.flatten(), embedded);
        const outputs = apply(tf.layers.concatenate({ name: 'both' }), [flat, input]);
        return filesOf(tf.model({ inputs: input, outputs }), 1);
      },
      /Layer both \(Concatenate\) takes the input a, which is ids/,
    ],
    "a layer with the name of the windower's own tensor": [
      () => withInput((input) => apply(dense('currentCell'), input)),
      /called currentCell/,
    ],
    'a layer that takes one that is not there': [
      () => leftTaking([['nobody', 0, 0, {}]]),
      /Layer left takes nobody, which is no layer/,
      'MODEL_FILE_INVALID',
    ],
    'layers that wait for each other': [
      () => leftTaking([['sum', 0, 0, {}]]),
      /take each other's output, or what follows from it: left, sum, out/,
      'MODEL_FILE_INVALID',
    ],
    'inbound nodes of another format': [
      () => leftTaking({ args: [], kwargs: {} }),
      /inbound_nodes of layer left/,
      'MODEL_FILE_INVALID',
    ],
  };
  for (const [title, [files, message, code = 'MODEL_UNSUPPORTED']] of Object.entries(refused)) {
    it(`is refused with its reason: ${title}`, async () => {
      const given = await files();
      assert.throws(() => readNetwork(given), { code, message });
    });
  }
});

describe('a network that a windower and a sink can serve', () => {
  const twoInputs = async (): Promise<ModelFiles> => {
    const model: LayersModel | undefined =
      branchedNetworks['a network with two inputs and two outputs']?.();
    assert.ok(model);
    return filesOf(model, 2);
  };
  const windowsTo = (...outputs: readonly number[]): Promise<ModelFiles> => {
    const cells = tf.input({ shape: [6], dtype: 'int32', name: 'window' });
    const embedded = apply(tf.layers.embedding({ inputDim: 9, outputDim: 4 }), cells);
    const flat = apply(tf.layers.flatten(), embedded);
    const made = outputs.map((units) => apply(dense(`to_${units}`, units), flat));
    return filesOf(tf.model({ inputs: cells, outputs: made }), 2);
  };

  it('takes windows of its length as cells, whatever its input layer is called', async () => {
    const files = await windowsTo(9);
    checkTakesWindows(files, 6);
    const spec = { name: 'cells', dtype: 'int32', itemShape: [6] };
    assert.deepEqual(readNetwork(files).inputs, [spec]);
  });

  it('is told from others, with what they take and give', async () => {
    const code = 'MODEL_UNSUPPORTED';
    const [inputs, two, image] = [await twoInputs(), await windowsTo(9, 2), await diamond()];
    assert.throws(() => checkTakesWindows(inputs, 6), {
      ...{ code, message: /takes window int32 \[6\], weather float32 \[9\]/ },
    });
    assert.throws(() => checkTakesWindows(two, 6), {
      ...{ code, message: /gives to_9 float32 \[9\], to_2 float32 \[2\]/ },
    });
    assert.throws(() => checkTakesWindows(image, 6), { code });
    assert.throws(() => checkTakesWindows(two, 20), { code, message: /windows of 20 cells/ });
  });

  it('refuses the best cells of several outputs', async () => {
    const network = readNetwork(await windowsTo(9, 2));
    const to = network.layers.length;
    assert.throws(() => subModelOf(network, { from: 0, to, topK: 2 }), { code: 'MODEL_RANGE' });
  });
});
