import ort from 'onnxruntime-node';
import type { ModelFiles } from '../../src/model/model-files.js';
import type { HostTensor } from '../../src/model/tensor.js';
import { inProcess, type Contender } from './contender.js';
import { onnxModel } from './onnx-model.js';

/** The network in ONNX Runtime, on one thread. */
export interface OnnxRuntime {
  /** The best cells of each item of a batch of windows, and their scores. */
  runBest(cells: HostTensor): Promise<unknown>;
  /** The scores of all cells, item after item. */
  runScores(cells: HostTensor): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Loads the network, written as an ONNX model, into ONNX Runtime. */
export async function loadOnnxRuntime(files: ModelFiles, topK: number): Promise<OnnxRuntime> {
  const session = await ort.InferenceSession.create(onnxModel(files, topK), {
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    interOpNumThreads: 1,
    intraOpNumThreads: 1,
  });
  const feedsOf = ({ data, shape }: HostTensor): { cells: ort.Tensor } => ({
    cells: new ort.Tensor('int32', Int32Array.from(data), shape),
  });
  return {
    // In the model's order: version 1.22 gives outputs wrong names if asked for them in another.
    runBest: (cells) => session.run(feedsOf(cells), ['best_scores', 'best_cells']),
    async runScores(cells) {
      const scores = (await session.run(feedsOf(cells)))['scores']?.data;
      if (!(scores instanceof Float32Array)) throw new Error('ONNX Runtime gave no scores.');
      return scores;
    },
    close: () => session.release(),
  };
}

/** ONNX Runtime as a contender. */
export function onnxContender(
  runtime: OnnxRuntime,
  windows: (items: number) => HostTensor,
): Contender {
  return {
    name: 'ONNX Runtime',
    prepare(items) {
      const cells = windows(items);
      return inProcess(items, () => runtime.runBest(cells));
    },
    close: () => runtime.close(),
  };
}
