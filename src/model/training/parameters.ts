import type { HostTensor } from '../tensor.js';
import { ModelError } from '../errors.js';

/** A further number that a network is given at every time step, such as the half-hour of the day. */
export interface ExtraInput {
  readonly name: string;
  /** Its values are 0 … size − 1; each has its own row of an embedding. */
  readonly size: number;
}

/** The sizes of a network of the reference shape. */
export interface NetworkShape {
  /** Rows of the embedding and width of the output: the grid's cells and cell 0. */
  readonly cells: number;
  /** Width of the embedding and of every GRU. */
  readonly units: number;
  /** GRU layers; each but the last is followed by a layer normalisation and a dropout. */
  readonly depth: number;
  /** Cells in a window. */
  readonly steps: number;
  /** Share of activations that a dropout layer sets to 0 while training, 0 … 1. */
  readonly dropout: number;
  /**
   * Inputs beside the cells: their embeddings are added to that of the cell. Default: none, which is
   * what the pipeline can run.
   */
  readonly extras?: readonly ExtraInput[];
}

/** One trained tensor. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Values of all parameters, by name. */
export type ParameterValues = ReadonlyMap<string, Float32Array>;

/** The reference shape's own epsilon: the default of tfjs-layers' LayerNormalization. */
export const layerNormEpsilon = 1e-3;

/** The parameter that holds an extra input's embedding. */
export function extraEmbedding({ name }: ExtraInput): string {
  return `embedding/${name}`;
}

/**
 * The parameters of a network in the order of its layers, those of extra inputs at last. A GRU's are laid out as TensorFlow's
 * `GRUBlockCell` wants them: `gates` `[2·units, 2·units]` (columns reset, update; rows input,
 * state), `candidate` `[2·units, units]`, and their biases.
 */
export function parametersOf(shape: NetworkShape): ParameterSpec[] {
  const { cells, units, depth } = shape;
  const parameters: ParameterSpec[] = [{ name: 'embedding', shape: [cells, units] }];
  for (let layer = 1; layer <= depth; layer += 1) {
    parameters.push(
      { name: `gru_${layer}/gates`, shape: [2 * units, 2 * units] },
      { name: `gru_${layer}/candidate`, shape: [2 * units, units] },
      { name: `gru_${layer}/gates_bias`, shape: [2 * units] },
      { name: `gru_${layer}/candidate_bias`, shape: [units] },
    );
    if (layer < depth) {
      parameters.push(
        { name: `norm_${layer}/gamma`, shape: [units] },
        { name: `norm_${layer}/beta`, shape: [units] },
      );
    }
  }
  parameters.push(
    { name: 'dense/kernel', shape: [units, cells] },
    { name: 'dense/bias', shape: [cells] },
  );
  // At the end, so that first weights, which go by a parameter's number, are those of the network
  // without them.
  for (const extra of shape.extras ?? []) {
    parameters.push({ name: extraEmbedding(extra), shape: [extra.size, units] });
  }
  return parameters;
}

/** What a map holds for one parameter. */
export function valueOf<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) {
    throw new ModelError('MODEL_FILE_INVALID', `The parameter ${name} is not among the weights.`);
  }
  return value;
}

/** Copies columns `from … from + width` of rows of `source` to columns `to …` of rows of `target`. */
interface BlockCopy {
  readonly source: Float32Array;
  readonly sourceRow: number;
  readonly sourceColumns: number;
  readonly sourceColumn: number;
  readonly target: Float32Array;
  readonly targetColumns: number;
  readonly targetColumn: number;
  readonly rows: number;
  readonly width: number;
}

function copyBlock(block: BlockCopy): void {
  for (let row = 0; row < block.rows; row += 1) {
    const start = (block.sourceRow + row) * block.sourceColumns + block.sourceColumn;
    block.target.set(
      block.source.subarray(start, start + block.width),
      row * block.targetColumns + block.targetColumn,
    );
  }
}

/** A GRU's `kernel`, `recurrent_kernel` and `bias` in Keras' gate order: update, reset, candidate. */
function gruLayerWeights(values: ParameterValues, layer: number, units: number): HostTensor[] {
  const gates = valueOf(values, `gru_${layer}/gates`);
  const candidate = valueOf(values, `gru_${layer}/candidate`);
  const tensors = [0, units].map((sourceRow, index): HostTensor => {
    const data = new Float32Array(units * 3 * units);
    const common = { sourceRow, target: data, targetColumns: 3 * units, rows: units, width: units };
    const gate = { ...common, source: gates, sourceColumns: 2 * units };
    copyBlock({ ...gate, sourceColumn: units, targetColumn: 0 });
    copyBlock({ ...gate, sourceColumn: 0, targetColumn: units });
    copyBlock({
      ...common,
      source: candidate,
      sourceColumns: units,
      sourceColumn: 0,
      targetColumn: 2 * units,
    });
    const name = index === 0 ? 'kernel' : 'recurrent_kernel';
    return { name: `gru_${layer}/${name}`, dtype: 'float32', shape: [units, 3 * units], data };
  });
  const gatesBias = valueOf(values, `gru_${layer}/gates_bias`);
  const bias = new Float32Array(3 * units);
  bias.set(gatesBias.subarray(units), 0);
  bias.set(gatesBias.subarray(0, units), units);
  bias.set(valueOf(values, `gru_${layer}/candidate_bias`), 2 * units);
  tensors.push({ name: `gru_${layer}/bias`, dtype: 'float32', shape: [3 * units], data: bias });
  return tensors;
}

/**
 * The parameters as tfjs-layers orders and lays them out: what `setWeights` of the reference
 * network takes.
 */
export function layerWeights(values: ParameterValues, shape: NetworkShape): HostTensor[] {
  const tensors: HostTensor[] = [];
  const done = new Set<number>();
  for (const parameter of parametersOf(shape)) {
    const gru = /^gru_(\d+)\//.exec(parameter.name);
    if (gru === null) {
      tensors.push({ ...parameter, dtype: 'float32', data: valueOf(values, parameter.name) });
      continue;
    }
    const layer = Number(gru[1]);
    if (!done.has(layer)) tensors.push(...gruLayerWeights(values, layer, shape.units));
    done.add(layer);
  }
  return tensors;
}
