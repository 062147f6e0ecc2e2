import type { HostTensor } from '../../model/tensor.js';
import { sizeOf } from '../../model/tensor.js';

/** Records of one size, and what a stage makes of them. */
export interface HopCase {
  /** Items in a record. */
  readonly items: number;
  /** Rows to make records of: float32, one tensor. */
  readonly input: HostTensor;
  /** Rows that the stage gives. */
  readonly output: HostTensor;
}

/**
 * Cases that tell the parts of a hop's cost apart: records of many items and of few, with inputs and
 * outputs that are long and short.
 *
 * @param activations rows of what crosses a cut of the network, `[rows, …] float32`
 * @param recordItems items in a record under load
 */
export function hopCases(activations: HostTensor, recordItems: number): HopCase[] {
  const long = named(activations, widthOf(activations));
  const short = named(activations, Math.max(1, Math.round(widthOf(activations) / 8)));
  const few = Math.max(1, Math.round(recordItems / 8));
  return [
    { items: recordItems, input: long, output: long },
    { items: recordItems, input: short, output: short },
    { items: recordItems, input: long, output: short },
    { items: recordItems, input: short, output: long },
    { items: few, input: long, output: long },
    { items: few, input: short, output: short },
  ];
}

function widthOf({ shape }: HostTensor): number {
  return sizeOf(shape.slice(1));
}

/** The first `width` values of each row. */
function named(activations: HostTensor, width: number): HostTensor {
  const [rows = 1] = activations.shape;
  const whole = widthOf(activations);
  const data = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    data.set(activations.data.subarray(row * whole, row * whole + width), row * width);
  }
  return { name: 'activations', dtype: 'float32', shape: [rows, width], data };
}
