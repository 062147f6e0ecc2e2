import type { Encoding } from '../wire/tensor.js';
import type { LayerRoute } from './layers.js';

/** A quantity that was measured several times. */
export interface Measured {
  readonly median: number;
  /** Half of the distance between the quartiles. */
  readonly spread: number;
}

/** What a node has, as far as a plan needs to know it. */
export interface NodeResources {
  readonly name: string;
  /** Processor cores that a worker there may use; less than 1 under a quota. */
  readonly cores: number;
  /** Memory that a worker there may use. Bytes. */
  readonly memoryBytes: number;
  /** How fast one of its cores is; 1 is a core of the node that the profile was measured on. */
  readonly speed: number;
  /** From the node to the broker. Bytes a second. */
  readonly uploadBytesPerS: number;
  /** From the broker to the node. Bytes a second. */
  readonly downloadBytesPerS: number;
  /**
   * Of a lone small record through a stage at rest without layers: from the broker's append of it to
   * that of what the stage sends for it. Milliseconds.
   */
  readonly roundTripMs: number;
}

/** What one layer takes on the node that was profiled. */
export interface LayerProfile {
  readonly name: string;
  /** As tfjs-layers and Keras call it: `GRU`, `Dense`, … */
  readonly className: string;
  readonly route: LayerRoute;
  readonly weightsBytes: number;
  /** Memory for its output, for each item of a batch. Bytes. */
  readonly workingBytes: number;
  /**
   * Processor time of one batch on one core, smallest batch first. Milliseconds. It is what the layer
   * adds to a run of neighbours: {@link Profile.calls} come on top, once for a run.
   */
  readonly times: readonly { readonly batch: number; readonly ms: Measured }[];
}

/** What one run of a sub-model takes besides its layers. */
export interface CallCost {
  /** Items in the run. */
  readonly batch: number;
  /** Processor time of the engine's call, whichever the layers are. Milliseconds. */
  readonly ms: number;
}

/** The connection between a node and its broker. */
export interface LinkProfile {
  /** As in {@link NodeResources.roundTripMs}. */
  readonly roundTripMs: Measured;
  readonly uploadBytesPerS: Measured;
  readonly downloadBytesPerS: Measured;
}

/** How far what a fit says is from what was measured. */
export interface FitError {
  /** So many measurements. */
  readonly count: number;
  /** Shares of the measured time. */
  readonly median: number;
  readonly largest: number;
}

/** Bytes an item, with all tensors that cross a cut, by encoding; only those that were measured. */
export type BytesByEncoding = Readonly<Partial<Record<Encoding, number>>>;

/** What it costs a stage's processor to take records in and to send them on. */
export interface HopCost {
  readonly encoding: Encoding;
  /** For a record, whatever its size: fetching, decoding, encoding, sending, acknowledging. Milliseconds. */
  readonly recordMs: number;
  /** For each item of a record: its header. Milliseconds. */
  readonly itemMs: number;
  /** For each byte (as sent) of a record that is taken in. Nanoseconds. */
  readonly decodeNsPerByte: number;
  /** For each byte (as sent) of a record that is sent on. Nanoseconds. */
  readonly encodeNsPerByte: number;
}

/** How a network does on one node: what `stagecoach profile` measures and a planner plans by. */
export interface Profile {
  readonly version: 1;
  /** SHA-256 of the model, in hexadecimal. */
  readonly modelDigest: string;
  /** Epoch milliseconds, UTC. */
  readonly measuredAtMs: number;
  readonly node: NodeResources;
  /** In the order in which cuts count them. */
  readonly layers: readonly LayerProfile[];
  /** For each batch size of the layers' times, what a run costs besides them. */
  readonly calls: readonly CallCost[];
  /** How far sums of layers' times are from ranges that they were not made from; as {@link Profile.calls}. */
  readonly rangeErrors: readonly FitError[];
  /**
   * What crosses a cut before each layer; the first is what the windower sends, and one more than
   * layers there are: the last is what the last stage sends (its best cells).
   */
  readonly cuts: readonly BytesByEncoding[];
  readonly hops: readonly HopCost[];
  /** How far the hops are from the records that they were fitted to; in their order. */
  readonly hopErrors: readonly FitError[];
  /**
   * Null where no broker was measured: then `hops` hold what decoding and encoding alone cost, and
   * the node's connection counts as unlimited.
   */
  readonly link: LinkProfile | null;
  /** Items in a record under load. */
  readonly recordItems: number;
  /**
   * How many times as long as others a run of one item takes that comes after a rest: caches and
   * clocks are cold then.
   */
  readonly restSlowdown: number;
  /** Resident memory of a stage's process without any layer. Bytes. */
  readonly processBytes: number;
}
