import type { LayerCost } from '../../partition/layers.js';
import { sizeOf } from '../tensor.js';
import type { Edge, GraphBuilder } from '../graph/graph-builder.js';
import type { WeightTable } from '../weights.js';

/** What a layer costs, apart from where it stands. */
export type LayerFigures = Omit<LayerCost, 'cutBytes'>;

/** One layer as `model.json` has it, and what goes into it. */
export interface LayerDefinition {
  readonly name: string;
  readonly className: string;
  /** Keras' own names: `return_sequences`, … */
  readonly config: unknown;
  /** Of the first tensor that it takes; without the batch dimension. */
  readonly inputShape: readonly number[];
  /** Of each tensor that it takes. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly weights: WeightTable;
}

/**
 * Values on their way through a graph. Sequences `[batch, steps, features]` may travel with the
 * steps first, which makes one step a view of the whole; everything else is `batch` first.
 */
export interface Flow {
  readonly edge: Edge;
  readonly layout: 'batch' | 'steps';
}

/** The graph that layers are written into. */
export interface Emission {
  readonly graph: GraphBuilder;
  /** The number of items in the batch: an int32 scalar. */
  readonly batch: Edge;
}

/** A layer that is written into a native graph. */
export interface NativeLayer {
  readonly route: 'native';
  readonly cost: LayerFigures;
  /** The layer takes int32 ids from 0 up to, and without, this number; else it takes float32. */
  readonly idCount?: number;
  /** Writes the layer's nodes and constants, and gives its output. */
  emit(into: Emission, input: Flow): Flow;
}

/** A layer that tfjs-layers computes. */
export interface ForeignLayer {
  readonly route: 'tfjs';
  readonly cost: LayerFigures;
  /** As for {@link NativeLayer}. */
  readonly idCount?: number;
  readonly definition: LayerDefinition;
  /** Whether rows may be computed together; see `row-mates.ts`. */
  readonly sharesRows: boolean;
}

/** A layer that gives what it takes, and is no work. */
export interface IdentityLayer {
  readonly route: 'identity';
  readonly cost: LayerFigures;
  readonly idCount?: undefined;
}

/** A layer of a network that can be run. */
export type NetworkLayer = NativeLayer | ForeignLayer | IdentityLayer;

/** What a class of layers knows; `undefined` if this configuration has no native route. */
export type NativeLayerMaker = (definition: LayerDefinition) => NativeLayer | undefined;

/** A layer's cost from what differs between layers. */
export function costOf(
  { name, className }: LayerDefinition,
  outputShape: readonly number[],
  figures: { readonly flops: number; readonly weightCount: number },
): LayerFigures {
  return {
    name,
    className,
    flops: figures.flops,
    weightsBytes: figures.weightCount * 4,
    outputShape,
    outputBytes: sizeOf(outputShape) * 4,
  };
}
