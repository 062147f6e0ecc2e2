import { subModelOf } from '../../../src/model/engine/sub-model.js';
import { subModelRanges } from '../../../src/partition/cuts.js';
import { StageLogic } from '../../../src/stage/stage-logic.js';
import {
  decodeTensorBatch,
  encodeTensorBatch,
  type TensorBatch,
} from '../../../src/wire/tensor-batch.js';
import { aBatch, anItem, ints } from '../batch-fixture.js';
import type { SubModel } from '../../../src/model/engine/sub-model.js';
import type { Network } from '../../../src/model/network.js';
import type { HostTensor } from '../../../src/model/tensor.js';

/** A record as the windower would send it, with tensors for some items. */
export function recordOf(tensors: readonly HostTensor[]): TensorBatch {
  const items = tensors[0]?.shape[0] ?? 0;
  const offsets = Array.from({ length: items }, (_, item) => item);
  return aBatch({
    stage: 0,
    covers: { from: 0, to: items },
    items: offsets.map((offset) => anItem(offset)),
    tensors: [...tensors, ints('currentCell', [items], offsets)],
  });
}

/** The stages of a cut network, one after the other, with records between them as bytes. */
export class StageChain {
  readonly #models: readonly SubModel[];

  constructor(network: Network, cuts: readonly number[]) {
    this.#models = subModelRanges(cuts, network.layers.length).map((range) =>
      subModelOf(network, range),
    );
  }

  /** What the last stage sends, and the bytes of tensors in the records on the way there. */
  run(record: TensorBatch): { readonly last: TensorBatch; readonly tensorBytes: number[] } {
    const tensorBytes: number[] = [];
    let batch = record;
    this.#models.forEach((model, at) => {
      const [result] = new StageLogic(at + 1, model).run([batch]);
      if (result === undefined) throw new Error('a stage gave nothing');
      batch = decodeTensorBatch(encodeTensorBatch(result.output));
      tensorBytes.push(batch.tensors.reduce((sum, { data }) => sum + data.byteLength, 0));
    });
    return { last: batch, tensorBytes };
  }

  dispose(): void {
    for (const model of this.#models) model.dispose();
  }
}
