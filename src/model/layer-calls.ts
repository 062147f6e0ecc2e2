import { z } from 'zod';
import { ModelError } from './errors.js';
import { modelJsonPath } from './model-files.js';

/** Of one application of a layer: layer, which of its applications, which output, arguments. */
const callSchema = z.array(
  z
    .tuple([z.string(), z.int(), z.int()], z.unknown())
    .transform(([name, application, output, options]) => ({
      ...{ name, application, output },
      options: z.record(z.string(), z.unknown()).catch({}).parse(options),
    })),
);
const callsSchema = z.array(callSchema);

type Taken = z.infer<typeof callSchema>[number];

/** They take one sequence; whatever more is there is the state to begin with. */
const recurrentClasses = new Set([
  ...['RNN', 'SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D', 'Bidirectional'],
]);

/** Which layer it is. */
interface Layer {
  readonly name: string;
  readonly className: string;
}

function refuse({ name, className }: Layer, why: string): never {
  throw new ModelError('MODEL_UNSUPPORTED', `Layer ${name} (${className}) ${why}`);
}

/** Keras writes `training: false`, and null for what was not given. */
function isGiven([key, value]: readonly [string, unknown]): boolean {
  return value !== null && value !== undefined && !(key === 'training' && value === false);
}

function refuseOptions(layer: Layer, { options }: Taken): void {
  const given = Object.entries(options).filter(isGiven);
  const [first] = given.map(([key]) => key);
  if (first === undefined) return;
  if (first === 'mask') refuse(layer, 'is given a mask, which would be lost at a cut.');
  if (/^initial_?state$/i.test(first)) refuse(layer, initialState);
  refuse(
    layer,
    `is called with ${first}; only layers that take tensors and nothing else can be run.`,
  );
}

const initialState =
  'is given an initial state; only recurrent layers that begin with zeros can be run.';

/**
 * The names of the layers whose output a layer takes, in order, from its `inbound_nodes`.
 * @throws {ModelError} MODEL_FILE_INVALID, MODEL_UNSUPPORTED for a layer that is applied more than
 * once, or that takes something else than the one output of other layers
 */
export function layerCalls(layer: Layer, inboundNodes: unknown): string[] {
  const calls = callsSchema.safeParse(inboundNodes ?? []);
  if (!calls.success) {
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `${modelJsonPath}: inbound_nodes of layer ${layer.name}: ${z.prettifyError(calls.error)}`,
      calls.error,
    );
  }
  const [taken = [], ...others] = calls.data;
  if (others.length > 0) {
    const times = others.length + 1;
    refuse(layer, `is shared: the model applies it ${times} times. Make it ${times} layers.`);
  }
  for (const from of taken) {
    refuseOptions(layer, from);
    if (from.application > 0) {
      refuse(layer, `takes the result of another application of ${from.name}, which is shared.`);
    }
    if (from.output > 0) {
      refuse(
        layer,
        `takes output ${from.output} of ${from.name}; only layers with one output can be run.`,
      );
    }
  }
  if (taken.length === 0) refuse(layer, 'takes nothing.');
  if (taken.length > 1 && recurrentClasses.has(layer.className)) refuse(layer, initialState);
  return taken.map(({ name }) => name);
}
