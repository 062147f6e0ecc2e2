import { readNetwork } from './network.js';
import type { LayerRange } from '../partition/cuts.js';
import type { ModelFiles } from './model-files.js';

/** `3–5` or `3`. */
function span([first, last]: readonly [number, number]): string {
  return first === last ? String(first) : `${first}–${last}`;
}

/**
 * Which layers of a sub-model have no native route, so that tfjs-layers computes them, several times
 * slower: as a person reads it, with layers counted as cuts count them. `null` where all are native.
 *
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 * @example layersByTfjs(files, { from: 0, to: 9 }) // 'layers 3–5, 7 by tfjs-layers'
 */
export function layersByTfjs(files: ModelFiles, { from, to }: LayerRange): string | null {
  const spans: [number, number][] = [];
  readNetwork(files).layers.forEach(({ route }, layer) => {
    if (route !== 'tfjs' || layer < from || layer >= to) return;
    const last = spans.at(-1);
    if (last?.[1] === layer - 1) last[1] = layer;
    else spans.push([layer, layer]);
  });
  const [first] = spans;
  if (first === undefined) return null;
  const noun = spans.length === 1 && first[0] === first[1] ? 'layer' : 'layers';
  return `${noun} ${spans.map(span).join(', ')} by tfjs-layers`;
}
