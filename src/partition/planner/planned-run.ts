import type { LayerRange } from '../cuts.js';

/** A stage of a plan and what it is expected to do. */
export interface PlannedStage {
  readonly layers: LayerRange;
  /** Name of the node of each worker: twice that of a node with two workers of the stage. */
  readonly nodes: readonly string[];
  /** Layers of its slowest worker, for an item under load. Milliseconds. */
  readonly computeMs: number;
  /** Taking in and sending on by its slowest worker, for an item under load. Milliseconds. */
  readonly hopMs: number;
  /** Of all its workers together. */
  readonly itemsPerS: number;
  /** Of one worker. */
  readonly memoryBytes: number;
  /** Of an item, as it is taken in. */
  readonly inBytes: number;
  /** Of an item, as it is sent on. */
  readonly outBytes: number;
  /** What its slowest worker is busy with. */
  readonly limit: 'processor' | 'upload' | 'download';
}

/** A plan and what it is expected to do. */
export interface PlannedRun {
  /** Name of the strategy that made it. */
  readonly strategy: string;
  readonly stages: readonly PlannedStage[];
  /** Of the slowest stage. */
  readonly itemsPerS: number;
  /** Of one item through the idle pipeline, windower's and sink's hops included. Milliseconds. */
  readonly latencyMs: number;
  /** Sent and received at its `itemsPerS`, together. */
  readonly networkBytesPerS: number;
  readonly energyJPerItem: number;
  /** The slowest stage, numbered from 1. */
  readonly bottleneck: number;
}

/** How many workers a plan has. */
export function workersOf(run: PlannedRun): number {
  return run.stages.reduce((sum, { nodes }) => sum + nodes.length, 0);
}
