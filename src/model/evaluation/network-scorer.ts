import { compileSubModel } from '../engine/sub-model.js';
import { describeLayers } from '../network.js';
import { rankingDepth } from '../training/hits.js';
import type { ModelFiles } from '../model-files.js';
import type { WindowScorer } from './judged.js';

/** A network that ranks windows through the inference engine. */
export interface NetworkScorer {
  readonly score: WindowScorer;
  /** Frees what the engine holds. */
  dispose(): void;
}

/**
 * Loads a whole network to rank windows with, as the last stage of a pipeline does.
 *
 * @param steps cells in a window
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED, ENGINE_FAILED
 */
export async function networkScorer(files: ModelFiles, steps: number): Promise<NetworkScorer> {
  const to = describeLayers(files).length;
  const model = await compileSubModel(files, { from: 0, to, topK: rankingDepth });
  return {
    score(data) {
      const shape = [data.length / steps, steps];
      const [cells, probabilities] = model.run([{ name: 'cells', dtype: 'int32', shape, data }]);
      return { cells: cells?.data ?? [], probabilities: probabilities?.data ?? [] };
    },
    dispose: () => model.dispose(),
  };
}
