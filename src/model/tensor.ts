/** Element types of tensors that travel between sub-models. */
export type DType = 'float32' | 'int32';

/** A tensor in JavaScript's memory, row-major. */
export interface HostTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** `Float32Array` for `float32`, `Int32Array` for `int32`; as many elements as the shape says. */
  readonly data: Float32Array | Int32Array;
}

/** What one input or output of a sub-model looks like. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DType;
  /** Without the batch dimension, which comes first. */
  readonly itemShape: readonly number[];
}

/** The number of elements of a tensor with this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
