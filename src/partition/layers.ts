/**
 * How a layer is computed: as a part of a native graph; by tfjs-layers, which is slower; or not at
 * all, since it changes nothing in prediction.
 */
export type LayerRoute = 'native' | 'tfjs' | 'identity';

/** What one layer of a network costs, for whoever decides where to cut it. */
export interface LayerCost {
  readonly name: string;
  /** The layer's class, as tfjs-layers and Keras call it: `GRU`, `Dense`, … */
  readonly className: string;
  /** Floating-point operations for one item; a multiplication and its addition are two. */
  readonly flops: number;
  readonly weightsBytes: number;
  /** Without the batch dimension. */
  readonly outputShape: readonly number[];
  /** Size of one item's output, uncompressed. */
  readonly outputBytes: number;
  /**
   * Size of what crosses a cut after this layer, for one item, uncompressed: its own output in a
   * sequence; in other networks also what was made before and is needed later.
   */
  readonly cutBytes: number;
}
