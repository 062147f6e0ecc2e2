import { z } from 'zod';
import { ModelError } from '../errors.js';
import type { Entrance } from './flatten-model.js';
import type { PlannedLayer } from './planned-layers.js';

type Shape = readonly (number | null)[];

const inputSchema = z.object({
  batch_input_shape: z.array(z.int().nullable()).optional(),
  dtype: z.string().default('float32'),
});

function isFitting(found: Shape, wanted: Shape): boolean {
  if (found.length !== wanted.length) return false;
  return wanted.every((size, at) => {
    const given = found[at] ?? null;
    return at === 0 || size === null || given === null || size === given;
  });
}

function listed(shape: Shape): string {
  return `[${shape.slice(1).map(String).join(', ')}]`;
}

function refuse({ model }: Entrance, { converted }: PlannedLayer, what: string): never {
  throw new ModelError(
    'MODEL_UNSUPPORTED',
    `The model ${model} is called with what layer ${converted.name} (${converted.className}) gives: ${what}`,
  );
}

/**
 * Checks that what goes into models that were taken apart could go into them as it is: Keras
 * reshapes it if its rank is not right, and cuts off the fractions of what should be whole numbers.
 * @throws {ModelError} MODEL_UNSUPPORTED
 */
export function checkEntrances(
  entrances: readonly Entrance[],
  planned: readonly PlannedLayer[],
): void {
  const makers = new Map(planned.map((layer) => [layer.converted.name, layer]));
  for (const entrance of entrances) {
    const [name, call, output] = entrance.given;
    const maker = makers.get(name);
    const { batch_input_shape: wanted, dtype } = inputSchema.parse(entrance.config);
    // A layer that no output depends on is not built.
    if (!maker) continue;
    const found = maker.outputShapes[call]?.[output];
    if (wanted && found && !isFitting(found, wanted)) {
      refuse(entrance, maker, `${listed(found)}, which it takes for ${listed(wanted)}.`);
    }
    const { class_name, config } = maker.converted.tfjs;
    const isSame = class_name === 'InputLayer' && config['dtype'] === dtype;
    if (dtype !== 'float32' && !isSame) {
      refuse(entrance, maker, `fractions, which Keras makes whole numbers (${dtype}) of.`);
    }
  }
}
