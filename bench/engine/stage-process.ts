/** One sub-model in a process of its own, as a stage has it: tells when it is ready, then its size. */
import { once } from 'node:events';
import { compileSubModel } from '../../src/model/engine/sub-model.js';
import { loadModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { sizeOf } from '../../src/model/tensor.js';

const [folder = '', from, to] = process.argv.slice(2);
const range = { from: Number(from), to: Number(to) };
const startMs = performance.now();
const files = await loadModelFiles(folder);
const topK = range.to === describeLayers(files).length ? 5 : undefined;
const model = await compileSubModel(files, { ...range, topK });
const filesToReadyMs = performance.now() - startMs;
const goOn = once(process, 'message');
process.send?.('ready');
await goOn;
const rssBytes = process.memoryUsage.rss();
const batch = model.inputs.map(({ name, dtype, itemShape }) => {
  const shape = [128, ...itemShape];
  const length = sizeOf(shape);
  const data = dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
  return { name, dtype, shape, data };
});
model.run(batch);
process.send?.({ filesToReadyMs, rssBytes, rssAfterBatchBytes: process.memoryUsage.rss() });
process.disconnect();
