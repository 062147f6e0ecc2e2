import type { LayerRoute } from '../../partition/layers.js';
import { ModelError } from '../errors.js';
import { gridPath, modelJsonPath } from '../model-files.js';
import { readNetwork } from '../network.js';
import { sizeOf } from '../tensor.js';
import { convertModel } from './convert-model.js';
import { checkEntrances } from './entrances.js';
import { flattenModel } from './flatten-model.js';
import { neededOf } from './needed-layers.js';
import { allVariables, planLayers } from './planned-layers.js';
import { settleReshapes } from './settle-reshapes.js';
import { openSource } from './source.js';
import { modelsTakenApart, renamedLayers } from './taken-apart.js';
import { weightOwners } from './weight-owners.js';
import type { ModelFiles } from '../model-files.js';
import type { ConvertedModel } from './convert-model.js';
import type { FlatModel } from './flatten-model.js';
import type { PlannedLayer } from './planned-layers.js';
import type { ModelSource } from './source.js';
import type { ModelTakenApart, RenamedLayer } from './taken-apart.js';
import type { WeightPair } from './weight-pairs.js';

const weightsPath = 'weights.bin';

/** What became of a layer. */
export interface ImportedLayer {
  readonly name: string;
  /** The class that the source calls it. */
  readonly className: string;
  /** With the batch first; `null` for what is not fixed. */
  readonly outputShape: readonly (number | null)[];
  /** The number of its weights. */
  readonly weightCount: number;
  /** What computes it; `null` for inputs, and where the network can't be run as a whole. */
  readonly route: LayerRoute | null;
}

/** A model that was imported. */
export interface ImportedModel {
  readonly files: ModelFiles;
  /** What the source is, for people: `Keras 3.15.1 (.keras)`. */
  readonly format: string;
  readonly layers: readonly ImportedLayer[];
  /** The models within the model, and those within them. */
  readonly takenApart: readonly ModelTakenApart[];
  /** Layers of those that could not have the name that their place calls for. */
  readonly renamed: readonly RenamedLayer[];
  /** Why the network can't be run by Stagecoach, sound as it is; `null` if it can. */
  readonly refusal: string | null;
}

function filesOf(
  { tfjs }: ConvertedModel,
  pairs: readonly WeightPair[],
  grid: Buffer | undefined,
): ModelFiles {
  const names = new Set<string>();
  for (const { variable } of pairs) {
    if (names.has(variable.name)) {
      throw new ModelError(
        'MODEL_UNSUPPORTED',
        `Two weights would have the name ${variable.name}. Give the layers different names.`,
      );
    }
    names.add(variable.name);
  }
  const weights = pairs.map(({ stored }) => {
    const { buffer, byteOffset, byteLength } = stored.read();
    return Buffer.from(buffer, byteOffset, byteLength);
  });
  const specs = pairs.map(({ variable: { name, shape } }) => ({ name, shape, dtype: 'float32' }));
  const modelJson = {
    format: 'layers-model',
    generatedBy: 'stagecoach import',
    convertedBy: null,
    modelTopology: tfjs,
    weightsManifest: [{ paths: [weightsPath], weights: specs }],
  };
  const files = new Map<string, Buffer>([
    [modelJsonPath, Buffer.from(`${JSON.stringify(modelJson)}\n`)],
    [weightsPath, Buffer.concat(weights)],
  ]);
  return grid === undefined ? files : files.set(gridPath, grid);
}

/** Which way each layer is computed, by name; or why none can be. */
function routesOf(files: ModelFiles): {
  readonly routes: ReadonlyMap<string, LayerRoute>;
  readonly refusal: string | null;
} {
  try {
    const { layers } = readNetwork(files);
    return { routes: new Map(layers.map(({ cost, route }) => [cost.name, route])), refusal: null };
  } catch (cause) {
    if (!(cause instanceof ModelError) || cause.code !== 'MODEL_UNSUPPORTED') throw cause;
    return { routes: new Map(), refusal: cause.message };
  }
}

function layerOf(layer: PlannedLayer, routes: ReadonlyMap<string, LayerRoute>): ImportedLayer {
  const { converted, outputShape } = layer;
  const { name, className } = converted;
  return {
    name,
    className,
    outputShape,
    weightCount: allVariables(layer).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    route: routes.get(name) ?? null,
  };
}

/** Reshape layers are settled one after the other, where one needs the shape that another gives. */
async function planModel({ configuration, dialect, weightsBytes }: ModelSource): Promise<{
  readonly model: FlatModel;
  readonly planned: readonly PlannedLayer[];
}> {
  let model = flattenModel(convertModel(configuration, dialect));
  for (;;) {
    const planned = await planLayers(model, weightsBytes / 4);
    checkEntrances(model.entrances, planned);
    const settled = settleReshapes(model, planned);
    if (settled === undefined) return { model, planned };
    model = settled;
  }
}

/**
 * Makes a model that Stagecoach reads of one that Keras or tfjs-layers has saved: a `.keras` file, an
 * HDF5 file, or `model.json` or its folder. Nothing in the file is run, and how large it may make
 * itself is bounded.
 *
 * @param grid the bytes of `grid.json`, which goes with the model
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID; MODEL_UNSUPPORTED with the names of
 * all layers that can't be taken, and why
 * @example
 * const { files, layers } = await importModel('network.keras');
 * await saveModelFiles(files, 'models/network');
 */
export async function importModel(path: string, grid?: Buffer): Promise<ImportedModel> {
  const source = await openSource(path);
  try {
    const { model, planned } = await planModel(source);
    const pairs = source.pairWeights(weightOwners(model.tree, planned));
    const needed = neededOf(model, planned);
    const weights = new Set(needed.planned.flatMap(allVariables));
    const files = filesOf(
      needed.model,
      pairs.filter(({ variable }) => weights.has(variable)),
      grid,
    );
    const { routes, refusal } = routesOf(files);
    const layers = needed.planned.map((layer) => layerOf(layer, routes));
    const takenApart = modelsTakenApart(model.tree);
    const renamed = renamedLayers(model.tree);
    return { files, format: source.format, layers, takenApart, renamed, refusal };
  } finally {
    source.close();
  }
}
