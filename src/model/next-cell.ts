import { ModelError } from './errors.js';
import { tensorsAt } from './network-tensors.js';
import { readNetwork } from './network.js';
import type { ModelFiles } from './model-files.js';
import type { TensorSpec } from './tensor.js';

/** `cells int32 [20], weather float32 [9]` */
function list(specs: readonly TensorSpec[]): string {
  return specs
    .map(({ name, dtype, itemShape }) => `${name} ${dtype} [${itemShape.join(', ')}]`)
    .join(', ');
}

/**
 * Passes if the network is one that a windower can serve and a sink can read: it takes windows of
 * cells, and gives one list of scores.
 *
 * @param steps cells in a window
 * @throws {ModelError} MODEL_UNSUPPORTED if it is another one; MODEL_FILE_MISSING, MODEL_FILE_INVALID
 */
export function checkTakesWindows(files: ModelFiles, steps: number): void {
  const network = readNetwork(files);
  const { inputs } = network;
  const [input] = inputs;
  if (inputs.length > 1 || input?.dtype !== 'int32' || input.itemShape.join() !== String(steps)) {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `The windower sends windows of ${steps} cells: cells int32 [${steps}]. ` +
        `The network takes ${list(inputs)}. It can be cut and run, but not fed from fixes.`,
    );
  }
  const outputs = tensorsAt(network, network.layers.length);
  if (outputs.length > 1 || outputs[0]?.itemShape.length !== 1) {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      'The sink makes predictions of one list of scores, one for each cell. ' +
        `The network gives ${list(outputs)}. It can be cut and run, but not read by a sink.`,
    );
  }
}
