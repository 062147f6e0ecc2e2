import type { NodeResources } from '../profile.js';

/** What one worker has of its node. */
export interface WorkerResources {
  /** How fast its share of a core is; 1 is a whole core of the profiled node. */
  readonly speed: number;
  /** How fast the core is while the worker has it: a quota says how much of it, not how fast. */
  readonly coreSpeed: number;
  readonly memoryBytes: number;
  readonly uploadBytesPerS: number;
  readonly downloadBytesPerS: number;
  readonly roundTripMs: number;
}

/** Room for one worker on a node. */
export interface Place extends WorkerResources {
  /** Name of the node. */
  readonly node: string;
}

/**
 * The places of nodes, in their order. A worker keeps one core busy, so that a node has a place for
 * each whole core, and one if it has less than a core. Its places share memory and bandwidth evenly.
 */
export function placesOf(nodes: readonly NodeResources[]): Place[] {
  return nodes.flatMap((node) => {
    const workers = Math.max(1, Math.floor(node.cores));
    const place: Place = {
      node: node.name,
      speed: node.speed * Math.min(node.cores, 1),
      coreSpeed: node.speed,
      memoryBytes: node.memoryBytes / workers,
      uploadBytesPerS: node.uploadBytesPerS / workers,
      downloadBytesPerS: node.downloadBytesPerS / workers,
      roundTripMs: node.roundTripMs,
    };
    return Array.from({ length: workers }, () => place);
  });
}
