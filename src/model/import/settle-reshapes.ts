import { z } from 'zod';
import { sizeOf } from '../tensor.js';
import type { ConvertedModel } from './convert-model.js';
import type { ConvertedLayer } from './layer-entry.js';
import type { PlannedLayer } from './planned-layers.js';

const targetSchema = z.array(z.int());

/** The target shape with a number in place of −1; `undefined` if there is nothing to do, or to know. */
function settledTarget({ converted, inputShape }: PlannedLayer): readonly number[] | undefined {
  const target = targetSchema.safeParse(converted.tfjs.config['target_shape']).data;
  const sizes = inputShape.slice(1).filter((size) => size !== null);
  const isKnown = inputShape.length > 1 && sizes.length === inputShape.length - 1;
  if (converted.tfjs.class_name !== 'Reshape' || !isKnown || !target?.includes(-1))
    return undefined;
  const rest = sizeOf(sizes) / sizeOf(target.filter((size) => size !== -1));
  return Number.isInteger(rest) ? target.map((size) => (size === -1 ? rest : size)) : undefined;
}

function settle(layer: PlannedLayer): ConvertedLayer {
  const { converted } = layer;
  const withConfig = (more: Readonly<Record<string, unknown>>): ConvertedLayer => ({
    ...converted,
    tfjs: { ...converted.tfjs, config: { ...converted.tfjs.config, ...more } },
  });
  if (converted.model) {
    const layers = layer.layers.map(settle);
    const model = { ...converted.model, layers };
    return { ...withConfig({ layers: layers.map(({ tfjs }) => tfjs) }), model };
  }
  const target = settledTarget(layer);
  return target ? withConfig({ target_shape: target }) : converted;
}

function isUnsettled(layer: PlannedLayer): boolean {
  return settledTarget(layer) !== undefined || layer.layers.some(isUnsettled);
}

/**
 * Puts a number in place of the −1 of Reshape layers, which tfjs-layers leaves open until it has
 * values: what goes in is known before. `undefined` if there is none whose input is known.
 */
export function settleReshapes<Model extends ConvertedModel>(
  model: Model,
  planned: readonly PlannedLayer[],
): Model | undefined {
  if (!planned.some(isUnsettled)) return undefined;
  const layers = planned.map(settle);
  const config = { ...model.tfjs.config, layers: layers.map(({ tfjs }) => tfjs) };
  return { ...model, tfjs: { ...model.tfjs, config }, layers };
}
