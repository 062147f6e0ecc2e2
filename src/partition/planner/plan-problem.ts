import type { CostModel } from './cost-model.js';
import type { Kind } from './kinds.js';
import { laneShares, type LaneShare } from './lane-shares.js';

/**
 * A request as tables, for the search. Sets of kinds are numbers: bit k is kind k. A range of
 * layers stands in its tables at {@link rangeIndex}.
 */
export interface PlanProblem {
  readonly layerCount: number;
  readonly kinds: readonly Kind[];
  readonly shares: readonly LaneShare[];
  /** Places of all kinds of a set. */
  readonly supply: Int32Array;
  readonly placeCount: number;
  /** By kind and range: what a worker does, in items a second; −1 where its memory is short. */
  readonly rates: readonly Float64Array[];
  /** By kind and range. Milliseconds. */
  readonly latencies: readonly Float64Array[];
  /** Of an item, before each layer; 0 behind the last one, where all plans are equal. Bytes. */
  readonly cutBytes: Float64Array;
  /**
   * 1 at the range from a cut to a later one that brings in as few bytes as any cut from the first
   * one on: to have got to the later is then as good as to have got to the first. The rest of a
   * plan goes on from there with some stages left out and one shortened, each as fast as before.
   */
  readonly isAsGood: Uint8Array;
}

/** Where the range stands in tables. */
export function rangeIndex(layerCount: number, from: number, to: number): number {
  return from * (layerCount + 1) + to;
}

/** @param lanes a whole number, 1 at least */
export function planProblem(model: CostModel, kinds: readonly Kind[], lanes: number): PlanProblem {
  const { layerCount } = model;
  const placeCount = kinds.reduce((sum, { places }) => sum + places.length, 0);
  const size = (layerCount + 1) ** 2;
  const rates = kinds.map(() => new Float64Array(size).fill(-1));
  const latencies = kinds.map(() => new Float64Array(size).fill(Infinity));
  for (let from = 0; from < layerCount; from += 1) {
    for (let to = from + 1; to <= layerCount; to += 1) {
      const range = { from, to };
      const index = rangeIndex(layerCount, from, to);
      const memoryBytes = model.memoryBytes(range);
      for (const [kind, worker] of kinds.entries()) {
        if (memoryBytes > worker.memoryBytes) continue;
        rates[kind]?.set([model.itemsPerS(worker, range)], index);
        latencies[kind]?.set([model.latencyMs(worker, range)], index);
      }
    }
  }
  const cutBytes = Float64Array.from(model.cutBytes);
  cutBytes[layerCount] = 0;
  return {
    layerCount,
    kinds,
    shares: laneShares(lanes, placeCount),
    supply: supplyOf(kinds),
    placeCount,
    rates,
    latencies,
    cutBytes,
    isAsGood: laterCutsAsGood(cutBytes),
  };
}

function supplyOf(kinds: readonly Kind[]): Int32Array {
  return Int32Array.from({ length: 2 ** kinds.length }, (_, set) =>
    kinds.reduce((sum, { places }, kind) => sum + ((set >> kind) & 1 ? places.length : 0), 0),
  );
}

function laterCutsAsGood(cutBytes: Float64Array): Uint8Array {
  const layerCount = cutBytes.length - 1;
  const isAsGood = new Uint8Array(cutBytes.length ** 2);
  for (let cut = 0; cut <= layerCount; cut += 1) {
    let leastBytes = Infinity;
    for (let later = cut; later <= layerCount; later += 1) {
      const bytes = cutBytes[later] ?? Infinity;
      leastBytes = Math.min(leastBytes, bytes);
      if (bytes <= leastBytes) isAsGood[rangeIndex(layerCount, cut, later)] = 1;
    }
  }
  return isAsGood;
}
