import type { LayersModel, Tensor } from '@tensorflow/tfjs-node';
import { ModelError } from '../errors.js';
import { loadForeignLayer } from '../layers/foreign.js';
import { vectorLength } from '../layers/vector.js';
import { sizeOf } from '../tensor.js';
import { tf } from '../tensorflow.js';
import { rowsOf } from './batch.js';
import type { ForeignLayer } from '../layers/layer.js';
import type { HostTensor } from '../tensor.js';
import type { Segment, SegmentPlan, Step } from './segment.js';

interface LoadedStep extends Step<ForeignLayer> {
  readonly model: LayersModel;
  /** Numbers of the tensors that nobody needs after this step. */
  readonly lastUseOf: readonly number[];
}

type Values = Map<number, Tensor>;

function valueOf(values: Values, tensor: number): Tensor {
  const value = values.get(tensor);
  if (value) return value;
  throw new ModelError('ENGINE_FAILED', `Tensor ${tensor} of the network is not there yet.`);
}

/** Without the model around the layer, whose `predict` takes several times as long for small layers. */
function outputOf({ model }: LoadedStep, inputs: Tensor[]): Tensor {
  const [first] = inputs;
  const output = model.layers.at(-1)?.apply(first && inputs.length === 1 ? first : inputs);
  if (output instanceof tf.Tensor) return output;
  throw new ModelError('ENGINE_FAILED', 'tfjs-layers gave no tensor.');
}

/** The layer's output as a tensor of its own, even where tfjs-layers gives back the input. */
function compute(step: LoadedStep, inputs: Tensor[]): Tensor {
  return tf.tidy(() => {
    if (step.layer.sharesRows) return outputOf(step, inputs).clone();
    const rows = Array.from({ length: vectorLength }, (_, row) =>
      outputOf(
        step,
        inputs.map((input) => input.slice(row, 1)),
      ),
    );
    return tf.concat(rows, 0);
  });
}

function load({ steps, gives }: SegmentPlan<ForeignLayer>): LoadedStep[] {
  const models: LoadedStep[] = [];
  try {
    steps.forEach((step, at) => {
      const later = new Set([...steps.slice(at + 1).flatMap(({ takes }) => takes), ...gives]);
      const lastUseOf = [...new Set(step.takes)].filter((tensor) => !later.has(tensor));
      models.push({ ...step, model: loadForeignLayer(step.layer), lastUseOf });
    });
    return models;
  } catch (cause) {
    for (const { model } of models) model.dispose();
    throw cause;
  }
}

function runSteps(steps: readonly LoadedStep[], values: Values): void {
  for (const step of steps) {
    const inputs = step.takes.map((tensor) => valueOf(values, tensor));
    values.set(step.gives, compute(step, inputs));
    for (const tensor of step.lastUseOf) {
      values.get(tensor)?.dispose();
      values.delete(tensor);
    }
  }
}

/**
 * Computes the layers with tfjs-layers, one eager operation after the other; eight rows at a time,
 * so that all operations are of the same size whatever the batch's is.
 * @throws {ModelError} MODEL_UNSUPPORTED, MODEL_FILE_INVALID
 */
export function tfjsSegment(plan: SegmentPlan<ForeignLayer>): Segment {
  const { takes, gives } = plan;
  const steps = load(plan);
  const shapeOf = new Map(
    plan.steps.map(({ gives: tensor, layer }) => [tensor, layer.cost.outputShape]),
  );
  const runRows = (
    inputs: readonly HostTensor[],
    start: number,
    outputs: readonly HostTensor[],
  ): void => {
    const values: Values = new Map();
    try {
      takes.forEach((tensor, at) => {
        const input = inputs[at];
        if (!input) return;
        const { data, shape, dtype } = rowsOf(input, start, start + vectorLength);
        values.set(tensor, tf.tensor(data, [...shape], dtype));
      });
      runSteps(steps, values);
      gives.forEach((tensor, at) => {
        const output = outputs[at];
        output?.data.set(
          valueOf(values, tensor).dataSync(),
          (start * output.data.length) / (output.shape[0] ?? 1),
        );
      });
    } finally {
      for (const value of values.values()) value.dispose();
    }
  };
  return {
    ...{ takes, gives },
    run(inputs) {
      const [items = 0] = inputs[0]?.shape ?? [];
      const outputs = gives.map((tensor): HostTensor => {
        const shape = [items, ...(shapeOf.get(tensor) ?? [])];
        return { name: 'output', dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)) };
      });
      for (let start = 0; start < items; start += vectorLength) runRows(inputs, start, outputs);
      return outputs;
    },
    dispose: () => steps.forEach(({ model }) => model.dispose()),
  };
}
