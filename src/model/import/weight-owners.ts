import type { SourceLayer } from './flatten-model.js';
import type { PlannedLayer } from './planned-layers.js';
import type { LayerLabel, Variable } from './weight-pairs.js';

/** A layer, or a model, in the place where the source has it, and the weights that it calls for. */
export interface WeightOwner {
  /** For messages: as the imported model has it. */
  readonly label: LayerLabel;
  /** As the source has it: the models around it, and itself. */
  readonly path: readonly string[];
  /** Where Keras 3 files its weights, below the layer itself. */
  readonly weightGroups: readonly string[];
  readonly isTrainable: boolean;
  /** Its own: of a model, its layers have them. */
  readonly variables: readonly Variable[];
  /** Of a model. */
  readonly layers?: readonly WeightOwner[];
}

/** Of a model that stays one. */
function ownerOf(planned: PlannedLayer, around: readonly string[], name: string): WeightOwner {
  const { converted, variables, layers } = planned;
  const path = [...around, name];
  const { className, weightGroups, isTrainable, model } = converted;
  const label = { name: converted.name, className };
  const owner = { label, path, weightGroups, isTrainable, variables };
  if (model === undefined) return owner;
  return { ...owner, layers: layers.map((layer) => ownerOf(layer, path, layer.converted.name)) };
}

/**
 * The owners of weights as the source arranges them, each with what the flat model's layer calls for.
 * A layer that tfjs-layers leaves out, for no output depends on it, has its place and no weights.
 */
export function weightOwners(
  tree: readonly SourceLayer[],
  planned: readonly PlannedLayer[],
): readonly WeightOwner[] {
  const byName = new Map(planned.map((layer) => [layer.converted.name, layer]));
  const ownersIn = (layers: readonly SourceLayer[], around: readonly string[]): WeightOwner[] =>
    layers.map(({ name, className, isTrainable, flatName, layers: inner }) => {
      const layer = byName.get(flatName);
      if (layer && !inner) return ownerOf(layer, around, name);
      const path = [...around, name];
      const label = { name: flatName, className };
      const owner = { label, path, weightGroups: [], isTrainable, variables: [] };
      return inner ? { ...owner, layers: ownersIn(inner, path) } : owner;
    });
  return ownersIn(tree, []);
}

/** The layers of a tree that are no models, in order. */
export function leavesOf(owner: WeightOwner): readonly WeightOwner[] {
  return owner.layers ? owner.layers.flatMap(leavesOf) : [owner];
}
