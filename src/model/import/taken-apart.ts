import type { SourceLayer } from './flatten-model.js';

/** A model within the model, whose layers have taken its place. */
export interface ModelTakenApart {
  /** What the names of its layers begin with. */
  readonly name: string;
  readonly className: string;
  /** Of its layers and of those of the models within it. */
  readonly layerCount: number;
}

/** A layer that could not have the name that its place calls for. */
export interface RenamedLayer {
  readonly from: string;
  readonly to: string;
}

function countLayers({ layers }: SourceLayer): number {
  return layers ? layers.reduce((sum, layer) => sum + countLayers(layer), 0) : 1;
}

/** The models that were taken apart, an outer one before those within it. */
export function modelsTakenApart(tree: readonly SourceLayer[]): ModelTakenApart[] {
  return tree.flatMap((layer) => {
    const { flatName: name, className, layers } = layer;
    if (!layers) return [];
    return [{ name, className, layerCount: countLayers(layer) }, ...modelsTakenApart(layers)];
  });
}

/** The layers, and models, that had to give way to another of the same name. */
export function renamedLayers(tree: readonly SourceLayer[], prefix = ''): RenamedLayer[] {
  return tree.flatMap(({ name, flatName: to, layers }) => {
    const from = `${prefix}${name}`;
    const own = from === to ? [] : [{ from, to }];
    return [...own, ...renamedLayers(layers ?? [], `${to}/`)];
  });
}
