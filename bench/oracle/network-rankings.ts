import { compileSubModel } from '../../src/model/engine/sub-model.js';
import { loadModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { rankingDepth } from '../../src/model/training/hits.js';
import type { Entry } from './observed-legs.js';

const batch = 128;

/** What the network of a folder says of entries, on the windows that the windower makes: rankings, best first. */
export async function networkRankings(
  folder: string,
  entries: readonly Entry[],
  steps: number,
): Promise<ArrayLike<number>[]> {
  const files = await loadModelFiles(folder);
  const layers = describeLayers(files).length;
  const model = await compileSubModel(files, { from: 0, to: layers, topK: rankingDepth });
  const rankings: ArrayLike<number>[] = [];
  try {
    for (let from = 0; from < entries.length; from += batch) {
      const some = entries.slice(from, from + batch);
      const data = new Int32Array(some.length * steps);
      some.forEach(({ run, at }, row) => {
        const cells = run.slice(Math.max(0, at + 1 - steps), at + 1);
        data.set(cells, (row + 1) * steps - cells.length);
      });
      const shape = [some.length, steps];
      const [ranking] = model.run([{ name: 'cells', dtype: 'int32', shape, data }]);
      some.forEach((_, row) => {
        const first = row * rankingDepth;
        rankings.push(ranking?.data.slice(first, first + rankingDepth) ?? []);
      });
    }
    return rankings;
  } finally {
    model.dispose();
  }
}
