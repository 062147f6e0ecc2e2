import { compileSubModel } from '../../src/model/engine/sub-model.js';
import { compileWithTfjs } from '../../src/model/engine/tfjs-engine.js';
import { modelJsonPath, parseModelJson, type ModelFiles } from '../../src/model/model-files.js';
import type { SubModel } from '../../src/model/engine/sub-model.js';
import type { HostTensor } from '../../src/model/tensor.js';
import { inProcess, type Contender } from './contender.js';

/**
 * The same model, but for how tfjs-layers makes the weights that the stored ones then replace: an
 * orthogonal matrix takes it a second per layer.
 */
function quickToMake(files: ModelFiles): ModelFiles {
  const zeros = { class_name: 'Zeros', config: {} };
  const text = JSON.stringify(parseModelJson(files), (key, value: unknown) =>
    key === 'recurrent_initializer' ? zeros : value,
  );
  return new Map(files).set(modelJsonPath, Buffer.from(text));
}

function contender(
  name: string,
  model: SubModel,
  windows: (items: number) => HostTensor,
): Contender {
  return {
    name,
    prepare(items) {
      const cells = windows(items);
      return inProcess(items, () => model.run([cells]));
    },
    close: () => model.dispose(),
  };
}

/** Our engine, the whole network in one sub-model. */
export async function ourEngine(
  files: ModelFiles,
  { layers, topK }: { readonly layers: number; readonly topK: number },
  windows: (items: number) => HostTensor,
): Promise<Contender> {
  const model = await compileSubModel(files, { from: 0, to: layers, topK });
  return contender('Stagecoach', model, windows);
}

/** tfjs-layers' `predict`, with its batch size set to the batch's. */
export async function tfjsLayers(
  files: ModelFiles,
  windows: (items: number) => HostTensor,
): Promise<Contender> {
  return contender('tfjs-layers', await compileWithTfjs(quickToMake(files)), windows);
}
