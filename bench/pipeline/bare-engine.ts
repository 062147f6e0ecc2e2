/** A process of `bench/pipeline/pipeline.ts`: tells its parent how many items a second the uncut network makes. */
import { join } from 'node:path';
import { compileSubModel } from '../../src/model/engine/sub-model.js';
import { loadModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { sizeOf, type HostTensor } from '../../src/model/tensor.js';
import { projectDir } from '../../src/project-dir.js';

const batch = 128;
const seconds = Number(process.argv[2] ?? 1);
const files = await loadModelFiles(join(projectDir(), 'models', 'daejeon'));
const to = describeLayers(files).length;
const model = await compileSubModel(files, { from: 0, to, topK: 5 });
const inputs = model.inputs.map(({ name, dtype, itemShape }): HostTensor => {
  const shape = [batch, ...itemShape];
  const data = Int32Array.from({ length: sizeOf(shape) }, (_, index) => index % 1_000);
  return { name, dtype, shape, data };
});
for (let warm = 0; warm < 3; warm += 1) model.run(inputs);
const startMs = performance.now();
let items = 0;
while (performance.now() - startMs < seconds * 1000) {
  model.run(inputs);
  items += batch;
}
process.send?.((items / (performance.now() - startMs)) * 1000);
