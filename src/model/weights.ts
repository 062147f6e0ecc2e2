import { ModelError } from './errors.js';
import { fileOf, modelJsonPath, parseModelJson } from './model-files.js';
import { sizeOf } from './tensor.js';
import type { ModelFiles } from './model-files.js';

/** One weight, still as bytes in the model's files. */
interface Weight {
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** `gru_1/gru_cell/kernel`, as Keras writes since TensorFlow 2.2, to `gru_1/kernel`. */
function withoutCell(name: string): string {
  return name.split('/').toSpliced(-2, 1).join('/');
}

/**
 * The weights of a model, by the names that tfjs-layers gave them, such as `gru_1/kernel`. Keras'
 * names have a recurrent layer's cell in them; they are found without it, as tfjs-layers does.
 */
export class WeightTable {
  readonly #weights = new Map<string, Weight>();
  /** By the name without the cell, which may be another weight's own name. */
  readonly #ofCells = new Map<string, Weight>();

  /** @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED */
  constructor(files: ModelFiles) {
    for (const group of parseModelJson(files).weightsManifest) {
      const shards = group.paths.map((path) => fileOf(files, path));
      const bytes = shards.length === 1 && shards[0] ? shards[0] : Buffer.concat(shards);
      let offset = 0;
      for (const { name, shape, dtype, quantization } of group.weights) {
        if (dtype !== 'float32' || quantization !== undefined) {
          throw new ModelError(
            'MODEL_UNSUPPORTED',
            `Weight ${name} is ${quantization === undefined ? dtype : 'quantized'}; only float32 weights are supported.`,
          );
        }
        const end = offset + sizeOf(shape) * 4;
        const weight = { shape, bytes: bytes.subarray(offset, end) };
        this.#weights.set(name, weight);
        if (name.split('/').length > 2) this.#ofCells.set(withoutCell(name), weight);
        offset = end;
      }
      if (offset !== bytes.length) {
        throw new ModelError(
          'MODEL_FILE_INVALID',
          `${group.paths.join(', ')}: ${bytes.length} bytes, but ${modelJsonPath} lists weights of ` +
            `${offset} bytes. The files belong to different models, or one is cut short.`,
        );
      }
    }
  }

  /**
   * A copy of a weight's values, row-major.
   * @throws {ModelError} MODEL_FILE_INVALID if it is not there or has another shape
   */
  values(name: string, shape: readonly number[]): Float32Array {
    const weight = this.#weights.get(name) ?? this.#ofCells.get(name);
    if (weight?.shape.join() !== shape.join()) {
      const found = weight ? `has the shape [${weight.shape.join(', ')}]` : 'is missing';
      throw new ModelError(
        'MODEL_FILE_INVALID',
        `Weight ${name} ${found}; ${modelJsonPath} calls for [${shape.join(', ')}].`,
      );
    }
    const { bytes } = weight;
    const aligned = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    return new Float32Array(aligned);
  }
}
