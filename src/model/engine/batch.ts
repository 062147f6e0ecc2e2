import { ModelError } from '../errors.js';
import { padToVector } from '../layers/vector.js';
import { sizeOf } from '../tensor.js';
import type { HostTensor, TensorSpec } from '../tensor.js';

function invalid(message: string): ModelError {
  return new ModelError('TENSOR_INVALID', message);
}

/** `cells, int32 [batch, 20]` */
function describe({ name, dtype, itemShape }: TensorSpec): string {
  return `${name}, ${dtype} [${['batch', ...itemShape].join(', ')}]`;
}

function checkInput(tensor: HostTensor, spec: TensorSpec): HostTensor {
  const { name, dtype, shape, data } = tensor;
  if (
    dtype !== spec.dtype ||
    shape.slice(1).join() !== spec.itemShape.join() ||
    data instanceof Int32Array !== (dtype === 'int32')
  ) {
    throw invalid(
      `The sub-model takes ${describe(spec)}; found ${name}, ${dtype} [${shape.join(', ')}].`,
    );
  }
  if (data.length !== sizeOf(shape)) {
    throw invalid(`${name} [${shape.join(', ')}] has ${data.length} values.`);
  }
  return tensor;
}

/**
 * The tensors that a sub-model takes, in the order of `specs`, once they are known to be what those
 * say.
 * @throws {ModelError} TENSOR_INVALID
 */
export function checkInputs(
  inputs: readonly HostTensor[],
  specs: readonly TensorSpec[],
): HostTensor[] {
  const tensors = specs.flatMap((spec) => {
    const tensor = inputs.find(({ name }) => name === spec.name);
    return tensor ? [checkInput(tensor, spec)] : [];
  });
  if (tensors.length < specs.length || inputs.length > specs.length) {
    const found = inputs.map(({ name }) => name).join(', ') || 'none';
    const wanted = specs.map(({ name }) => name).join(', ');
    throw invalid(`The sub-model takes ${wanted}, and nothing else; found: ${found}.`);
  }
  const [items, ...others] = tensors.map(({ shape }) => shape[0] ?? 0);
  if (others.some((count) => count !== items)) {
    throw invalid(`The tensors have ${[items, ...others].join(', ')} items; all need as many.`);
  }
  return tensors;
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

/** Rows `start` up to, and without, `end` of a tensor, as a view. */
export function rowsOf(tensor: HostTensor, start: number, end: number): HostTensor {
  const [items, ...itemShape] = tensor.shape;
  if (start === 0 && end === items) return tensor;
  const width = sizeOf(itemShape);
  const data = tensor.data.subarray(start * width, end * width);
  return { ...tensor, shape: [end - start, ...itemShape], data };
}

/** Zeros in the shape of a spec. */
export function emptyOf({ name, dtype, itemShape }: TensorSpec, items: number): HostTensor {
  const shape = [items, ...itemShape];
  const length = sizeOf(shape);
  return {
    name,
    dtype,
    shape,
    data: dtype === 'int32' ? new Int32Array(length) : new Float32Array(length),
  };
}
