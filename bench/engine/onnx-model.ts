import { z } from 'zod';
import { parseModelJson, type ModelFiles } from '../../src/model/model-files.js';
import { WeightTable } from '../../src/model/weights.js';
import { OnnxGraph } from './onnx-graph.js';

/** What the reference architecture is made of, in Keras' words. */
const layerSchema = z.discriminatedUnion('class_name', [
  z.object({
    class_name: z.literal('Embedding'),
    config: z.object({
      name: z.string(),
      input_dim: z.int(),
      output_dim: z.int(),
      batch_input_shape: z.tuple([z.null(), z.int()]),
    }),
  }),
  z.object({
    class_name: z.literal('GRU'),
    config: z.object({
      name: z.string(),
      units: z.int(),
      use_bias: z.literal(true),
      activation: z.literal('tanh'),
      recurrent_activation: z.literal('sigmoid'),
      reset_after: z.literal(false),
      return_sequences: z.boolean(),
    }),
  }),
  z.object({
    class_name: z.literal('LayerNormalization'),
    config: z.object({ name: z.string(), epsilon: z.number() }),
  }),
  z.object({ class_name: z.literal('Dropout'), config: z.object({ name: z.string() }) }),
  z.object({
    class_name: z.literal('Dense'),
    config: z.object({ name: z.string(), units: z.int(), activation: z.literal('softmax') }),
  }),
]);

const topologySchema = z.object({ config: z.object({ layers: z.array(layerSchema) }) });

type Layer = z.infer<typeof layerSchema>;
type LayerOf<Name extends Layer['class_name']> = Extract<Layer, { class_name: Name }>['config'];

function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: data.length },
    (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? NaN,
  );
}

/** Writes the layers one after the other; sequences have the steps first, as ONNX's GRU wants them. */
class ModelWriter {
  readonly graph = new OnnxGraph();
  readonly #weights: WeightTable;
  #edge = 'cells';
  #features = 0;
  #shape: (number | string)[] = [];

  constructor(files: ModelFiles) {
    this.#weights = new WeightTable(files);
  }

  write(layer: Layer): void {
    if (layer.class_name === 'Embedding') this.#embedding(layer.config);
    if (layer.class_name === 'GRU') this.#gru(layer.config);
    if (layer.class_name === 'LayerNormalization') this.#norm(layer.config);
    if (layer.class_name === 'Dense') this.#dense(layer.config);
  }

  toModel(topK: number): Uint8Array {
    const { graph } = this;
    graph.add('Identity', [this.#edge], {}, ['scores']);
    const count = graph.constant('top_k', BigInt64Array.of(BigInt(topK)), [1]);
    graph.add('TopK', [this.#edge, count], {}, ['best_scores', 'best_cells']);
    return graph.toModel(
      [{ name: 'cells', type: 'int32', shape: this.#shape }],
      [
        { name: 'best_scores', type: 'float', shape: ['batch', topK] },
        { name: 'best_cells', type: 'int64', shape: ['batch', topK] },
        { name: 'scores', type: 'float', shape: ['batch', this.#features] },
      ],
    );
  }

  #constant(name: string, shape: readonly number[], ofShape = shape): string {
    return this.graph.constant(name, this.#weights.values(name, shape), ofShape);
  }

  #embedding(layer: LayerOf<'Embedding'>): void {
    const { name, input_dim: ids, output_dim: features, batch_input_shape: shape } = layer;
    const table = this.#constant(`${name}/embeddings`, [ids, features]);
    const stepsFirst = this.graph.add('Transpose', [this.#edge], { perm: { ints: [1, 0] } });
    this.#edge = this.graph.add('Gather', [table, stepsFirst], { axis: { int: 0 } });
    this.#features = features;
    this.#shape = ['batch', shape[1]];
  }

  /** ONNX keeps the gates in Keras' order, one below the other, and a second bias of the state. */
  #gru({ name, units, return_sequences: isSequence }: LayerOf<'GRU'>): void {
    const { graph } = this;
    const turned = (part: string, rows: number): string => {
      const values = this.#weights.values(`${name}/${part}`, [rows, 3 * units]);
      const data = transposed(values, rows, 3 * units);
      return graph.constant(`${name}/${part}`, data, [1, 3 * units, rows]);
    };
    const bias = new Float32Array(6 * units);
    bias.set(this.#weights.values(`${name}/bias`, [3 * units]));
    const inputs = [
      this.#edge,
      turned('kernel', this.#features),
      turned('recurrent_kernel', units),
      graph.constant(`${name}/bias`, bias, [1, 6 * units]),
    ];
    const attributes = { hidden_size: { int: units }, linear_before_reset: { int: 0 } };
    const outputs = isSequence ? [`${name}/states`] : ['', `${name}/last`];
    const states = graph.add('GRU', inputs, attributes, outputs);
    // [steps, directions, batch, units] and [directions, batch, units]
    const axis = BigInt64Array.of(isSequence ? 1n : 0n);
    const direction = graph.constant(`${name}/direction`, axis, [1]);
    this.#edge = graph.add('Squeeze', [states, direction]);
    this.#features = units;
  }

  #norm({ name, epsilon }: LayerOf<'LayerNormalization'>): void {
    const shape = [this.#features];
    const inputs = [
      this.#edge,
      this.#constant(`${name}/gamma`, shape),
      this.#constant(`${name}/beta`, shape),
    ];
    this.#edge = this.graph.add('LayerNormalization', inputs, {
      axis: { int: -1 },
      epsilon: { float: epsilon },
    });
  }

  #dense({ name, units }: LayerOf<'Dense'>): void {
    const kernel = this.#constant(`${name}/kernel`, [this.#features, units]);
    const logits = this.graph.add('Gemm', [
      this.#edge,
      kernel,
      this.#constant(`${name}/bias`, [units]),
    ]);
    this.#edge = this.graph.add('Softmax', [logits], { axis: { int: -1 } });
    this.#features = units;
  }
}

/**
 * A network of the reference architecture as an ONNX model: `cells` int32 `[batch, steps]` to
 * `scores`, and the best of them as `best_scores` and `best_cells` (int64) `[batch, topK]`.
 */
export function onnxModel(files: ModelFiles, topK: number): Uint8Array {
  const writer = new ModelWriter(files);
  const { config } = topologySchema.parse(parseModelJson(files).modelTopology);
  for (const layer of config.layers) writer.write(layer);
  return writer.toModel(topK);
}
