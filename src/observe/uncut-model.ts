import { messageOf, PipelineError } from '../errors.js';
import { compileSubModel, type SubModel } from '../model/engine/sub-model.js';
import { compileWithTfjs } from '../model/engine/tfjs-engine.js';
import type { ModelFiles } from '../model/model-files.js';
import { describeLayers } from '../model/network.js';
import type { HostTensor } from '../model/tensor.js';
import type { TopCells } from './referee.js';
import type { TfjsComparison } from './tfjs-comparison.js';

/** Windows taken from each batch for the comparison with tfjs-layers: all of a run have a share. */
const sampledPerBatch = 16;
const batchItems = 128;

/** The whole network in one process: what a run's predictions are held against. */
export class UncutModel {
  readonly #files: ModelFiles;
  readonly #model: SubModel;
  readonly #sampleSize: number;
  readonly #sample: Int32Array[] = [];

  private constructor(files: ModelFiles, model: SubModel, sampleSize: number) {
    this.#files = files;
    this.#model = model;
    this.#sampleSize = sampleSize;
  }

  /** @param sampleSize windows that are kept for {@link UncutModel.differenceFromTfjs}, at most */
  static async load(files: ModelFiles, topK: number, sampleSize: number): Promise<UncutModel> {
    const to = describeLayers(files).length;
    return new UncutModel(files, await compileSubModel(files, { from: 0, to, topK }), sampleSize);
  }

  /** @param windows `[batch, steps] int32` */
  predict(windows: Int32Array, batch: number): TopCells {
    const steps = windows.length / batch;
    for (let row = 0; row < Math.min(batch, sampledPerBatch); row += 1) {
      if (this.#sample.length >= this.#sampleSize) break;
      this.#sample.push(windows.slice(row * steps, (row + 1) * steps));
    }
    const outputs = run(this.#model, windows, batch);
    const cells = outputs.find(({ name }) => name === 'cells')?.data;
    const probabilities = outputs.find(({ name }) => name === 'probabilities')?.data;
    if (cells instanceof Int32Array && probabilities instanceof Float32Array) {
      return { cells, probabilities };
    }
    throw unusable('the best cells');
  }

  /**
   * The largest difference between this engine's probabilities, of all cells, and those of
   * tfjs-layers' own `predict`, over the windows kept.
   *
   * @returns null where none was kept
   */
  async differenceFromTfjs(): Promise<TfjsComparison | null> {
    if (this.#sample.length === 0) return null;
    // The engine has read the files: what is refused here is a layer that it has and tfjs-layers not.
    const tfjs = await compileWithTfjs(this.#files).catch(messageOf);
    return typeof tfjs === 'string' ? { refusal: tfjs } : this.#compare(tfjs);
  }

  async #compare(tfjs: SubModel): Promise<TfjsComparison> {
    const to = describeLayers(this.#files).length;
    const engine = await compileSubModel(this.#files, { from: 0, to });
    let largest = 0;
    try {
      for (let start = 0; start < this.#sample.length; start += batchItems) {
        const some = this.#sample.slice(start, start + batchItems);
        const windows = Int32Array.from(some.flatMap((window) => [...window]));
        const ours = run(engine, windows, some.length)[0]?.data ?? [];
        const theirs = run(tfjs, windows, some.length)[0]?.data ?? [];
        if (ours.length !== theirs.length) throw unusable('as many probabilities as tfjs-layers');
        for (const [at, value] of ours.entries()) {
          largest = Math.max(largest, Math.abs(value - (theirs[at] ?? NaN)));
        }
      }
    } finally {
      engine.dispose();
      tfjs.dispose();
    }
    return { windows: this.#sample.length, largest };
  }

  dispose(): void {
    this.#model.dispose();
  }
}

function run(model: SubModel, windows: Int32Array, batch: number): HostTensor[] {
  const shape = [batch, windows.length / batch];
  return model.run([{ name: 'cells', dtype: 'int32', shape, data: windows }]);
}

function unusable(what: string): PipelineError {
  return new PipelineError(`The uncut model does not give ${what}.`, {
    code: 'AUDIT',
    disposition: 'fatal',
  });
}
