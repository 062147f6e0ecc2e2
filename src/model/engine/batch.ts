import { ModelError } from '../errors.js';
import { padToVector } from '../layers/vector.js';
import { sizeOf } from '../tensor.js';
import type { HostTensor, TensorSpec } from '../tensor.js';

function invalid(message: string): ModelError {
  return new ModelError('TENSOR_INVALID', message);
}

/**
 * The one tensor that a sub-model takes, once it is known to be what `spec` says.
 * @throws {ModelError} TENSOR_INVALID
 */
export function checkInput(inputs: readonly HostTensor[], spec: TensorSpec): HostTensor {
  const [tensor] = inputs;
  if (!tensor || inputs.length > 1) {
    const names = inputs.map(({ name }) => name).join(', ') || 'none';
    throw invalid(`The sub-model takes one tensor, ${spec.name}; found: ${names}.`);
  }
  const { name, dtype, shape, data } = tensor;
  if (
    name !== spec.name ||
    dtype !== spec.dtype ||
    shape.slice(1).join() !== spec.itemShape.join() ||
    data instanceof Int32Array !== (dtype === 'int32')
  ) {
    throw invalid(
      `The sub-model takes ${spec.name}, ${spec.dtype} [batch, ${spec.itemShape.join(', ')}]; ` +
        `found ${name}, ${dtype} [${shape.join(', ')}].`,
    );
  }
  if (data.length !== sizeOf(shape)) {
    throw invalid(`${name} [${shape.join(', ')}] has ${data.length} values.`);
  }
  return tensor;
}

/**
 * Passes if every id is a row of the embedding.
 * @throws {ModelError} TENSOR_INVALID
 */
export function checkIds({ name, shape, data }: HostTensor, idCount: number): void {
  const index = data.findIndex((id) => id < 0 || id >= idCount);
  if (index < 0) return;
  const itemSize = sizeOf(shape.slice(1));
  throw invalid(
    `${name} of item ${Math.floor(index / itemSize)} has the id ${data[index]}; ` +
      `the network knows 0 to ${idCount - 1}.`,
  );
}

/** The tensor with rows of zeros added, so that the batch is made of whole vectors. */
export function padBatch(tensor: HostTensor): HostTensor {
  const [items = 0, ...itemShape] = tensor.shape;
  const padded = padToVector(items);
  if (padded === items) return tensor;
  const length = padded * sizeOf(itemShape);
  const data = tensor.dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
  data.set(tensor.data);
  return { ...tensor, shape: [padded, ...itemShape], data };
}

/** The first `items` rows of a tensor, as a view. */
export function cutBatch(tensor: HostTensor, items: number): HostTensor {
  const [padded, ...itemShape] = tensor.shape;
  if (padded === items) return tensor;
  const data = tensor.data.subarray(0, items * sizeOf(itemShape));
  return { ...tensor, shape: [items, ...itemShape], data };
}
