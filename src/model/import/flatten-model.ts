import { ModelError } from '../errors.js';
import { tfjsTensor } from './calls.js';
import { LayerNames } from './layer-names.js';
import { innerLayer } from './layer-parts.js';
import { graphOf, isInput } from './model-graph.js';
import { TensorAliases } from './tensor-aliases.js';
import type { ConvertedModel } from './convert-model.js';
import type {
  ConvertedLayer,
  ModelEnds,
  ModelParts,
  TensorOfLayer,
  TfjsEntry,
  TfjsTensor,
} from './layer-entry.js';
import type { ModelGraph } from './model-graph.js';

/** A layer or a model in the place where the source has it: weights are filed by that. */
export interface SourceLayer {
  /** As the source has it. */
  readonly name: string;
  readonly className: string;
  readonly isTrainable: boolean;
  /** In the flat model; what the names of a model's layers begin with. */
  readonly flatName: string;
  /** Of a model that was taken apart. */
  readonly layers?: readonly SourceLayer[];
}

/** Where a tensor goes into a model that was taken apart. */
export interface Entrance {
  /** The model, by its name in the flat one. */
  readonly model: string;
  /** The configuration of its input. */
  readonly config: TfjsEntry['config'];
  readonly given: TensorOfLayer;
}

/** A model whose models are taken apart: their layers stand in their places. */
export interface FlatModel extends ConvertedModel {
  readonly tree: readonly SourceLayer[];
  readonly entrances: readonly Entrance[];
}

/** A model to take apart. */
interface Whole {
  readonly name: string;
  readonly className: string;
  readonly parts: ModelParts;
  /** What it is called with; `null` for the outermost. */
  readonly given: readonly TensorOfLayer[] | null;
}

/** What comes of it; its ends by their flat names. */
interface Pieces {
  readonly tree: readonly SourceLayer[];
  readonly ends: ModelEnds;
}

function invalid(message: string): ModelError {
  return new ModelError('MODEL_FILE_INVALID', message);
}

/** One that is called more than once stays a model: its layers would be shared ones. */
function isTakenApart({ model, tfjs }: ConvertedLayer): boolean {
  return model !== undefined && (tfjs.inbound_nodes?.length ?? 1) === 1;
}

/** The layer inside of one has the name of that: see `convertLayer`. */
function configNamed(config: TfjsEntry['config'], name: string): TfjsEntry['config'] {
  const inner = innerLayer(config['layer']);
  const layer = inner && { class_name: inner.className, config: configNamed(inner.config, name) };
  return { ...config, ...(layer ? { layer } : {}), name };
}

function layerNamed(
  layer: ConvertedLayer,
  name: string,
  calls: readonly (readonly TensorOfLayer[])[],
): ConvertedLayer {
  const { class_name, config } = layer.tfjs;
  const inbound_nodes = calls.map((tensors) => tensors.map(tfjsTensor));
  return {
    ...layer,
    name,
    tfjs: { class_name, config: configNamed(config, name), name, inbound_nodes },
  };
}

/** What each input of a model is given, by the name of the input. */
function givenTo({ name, className, given }: Whole, { layers, ends }: ModelGraph) {
  if (given === null) return new Map<string, TensorOfLayer>();
  const model = `The model ${name} (${className})`;
  if (given.length !== ends.inputs.length) {
    throw invalid(
      `${model} takes ${ends.inputs.length} tensors, and is called with ${given.length}.`,
    );
  }
  const tensors = new Map(ends.inputs.map(([input], at) => [input, given[at]]));
  const inputs = layers.filter(isInput).map((layer) => layer.name);
  if (inputs.length !== given.length || inputs.some((input) => !tensors.has(input))) {
    const listed = ends.inputs.map(([input]) => input).join(', ');
    throw invalid(
      `${model} lists as its inputs: ${listed}; its InputLayers are: ${inputs.join(', ')}.`,
    );
  }
  return tensors;
}

class Flattening {
  readonly layers: ConvertedLayer[] = [];
  readonly #entrances: Entrance[] = [];
  /** What models give that are taken apart. */
  readonly #given: TensorOfLayer[] = [];
  readonly #names = new LayerNames();
  readonly #aliases = new TensorAliases();

  takeApart(whole: Whole): Pieces {
    const { name: within, parts, given } = whole;
    const graph = graphOf(parts);
    const inputs = givenTo(whole, graph);
    const prefix = given === null ? '' : `${within}/`;
    // A model's own names come before those within its models, so those give way.
    const names = new Map(graph.layers.map(({ name }) => [name, this.#names.take(prefix + name)]));
    const nameOf = (layer: string): string => names.get(layer) ?? layer;
    const flat = ([layer, call, output]: TensorOfLayer | TfjsTensor): TensorOfLayer => {
      return [nameOf(layer), call, output];
    };
    const tree = graph.layers.flatMap((layer): SourceLayer[] => {
      const { name, className, isTrainable } = layer;
      const source = { name, className, isTrainable, flatName: nameOf(name) };
      const input = inputs.get(name);
      if (input) {
        this.#enter(within, layer, source.flatName, input);
        return [];
      }
      const calls = (layer.tfjs.inbound_nodes ?? []).map((tensors) => tensors.map(flat));
      const layers = this.#place(layer, source.flatName, calls);
      return [layers ? { ...source, layers } : source];
    });
    const { inputs: takes, outputs: gives } = graph.ends;
    return { tree, ends: { inputs: takes.map(flat), outputs: gives.map(flat) } };
  }

  /** What a model is given is what its input gives. */
  #enter(model: string, { tfjs }: ConvertedLayer, flatName: string, given: TensorOfLayer): void {
    this.#entrances.push({ model, config: tfjs.config, given });
    this.#aliases.set([flatName, 0, 0], given);
  }

  /** Gives the layers of a model that is taken apart. */
  #place(
    layer: ConvertedLayer,
    flatName: string,
    calls: readonly (readonly TensorOfLayer[])[],
  ): readonly SourceLayer[] | undefined {
    const [given = []] = calls;
    if (layer.model === undefined || !isTakenApart(layer)) {
      this.layers.push(layerNamed(layer, flatName, calls));
      return undefined;
    }
    const { className, model: parts } = layer;
    const { tree, ends } = this.takeApart({ name: flatName, className, parts, given });
    ends.outputs.forEach((tensor, output) => {
      this.#aliases.set([flatName, 1, output], tensor);
      this.#given.push(tensor);
    });
    return tree;
  }

  /** @param ends those of the outermost model */
  finish(model: ConvertedModel, { tree, ends }: Pieces): FlatModel {
    const resolve = this.#resolver();
    const layers = this.layers.map((layer) => {
      const calls = (layer.tfjs.inbound_nodes ?? []).map((tensors) =>
        tensors.map(([from, call, output]) => resolve(`Layer ${layer.name}`, [from, call, output])),
      );
      return layerNamed(layer, layer.name, calls);
    });
    const outputs = ends.outputs.map((tensor) => resolve('The model', tensor));
    const sideOutputs = this.#sideOutputs(outputs);
    const config = {
      name: model.name,
      layers: layers.map(({ tfjs }) => tfjs),
      input_layers: ends.inputs,
      output_layers: [...outputs, ...sideOutputs],
    };
    return {
      name: model.name,
      tfjs: { class_name: 'Functional', config },
      layers,
      ends: { inputs: ends.inputs, outputs },
      tree,
      entrances: this.#entrances.map((entrance) => ({
        ...entrance,
        given: resolve(`The model ${entrance.model}`, entrance.given),
      })),
    };
  }

  #resolver(): (taker: string, tensor: TensorOfLayer) => TensorOfLayer {
    const made = new Set(this.layers.map(({ name }) => name));
    return (taker, tensor) => {
      const origin = this.#aliases.resolve(tensor);
      if (made.has(origin[0])) return origin;
      const [layer, , output] = origin;
      throw invalid(`${taker} takes output ${output} of ${layer}, and there is no such output.`);
    };
  }

  /** What models give and nobody may take: else tfjs-layers would not build what makes it. */
  #sideOutputs(outputs: readonly TensorOfLayer[]): TensorOfLayer[] {
    const inputs = new Set(this.layers.filter(isInput).map(({ name }) => name));
    const known = new Set(outputs.map(String));
    return this.#given
      .map((tensor) => this.#aliases.resolve(tensor))
      .filter((tensor) => {
        if (inputs.has(tensor[0]) || known.has(String(tensor))) return false;
        known.add(String(tensor));
        return true;
      });
  }
}

/**
 * Puts the layers of models within a model in their places, however deep: `inner` of the model
 * `block` becomes `block/inner`, what goes into `block` goes into the layers that took it, and what
 * takes something of `block` takes it of the layer that makes it. A model that is called more than
 * once stays one.
 * @throws {ModelError} MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export function flattenModel(model: ConvertedModel): FlatModel {
  const { name, layers, ends, tfjs } = model;
  if (layers.some(isTakenApart)) {
    const flattening = new Flattening();
    const whole = { name, className: tfjs.class_name, parts: { layers, ends }, given: null };
    return flattening.finish(model, flattening.takeApart(whole));
  }
  const tree = layers.map(({ name: own, className, isTrainable }) => ({
    ...{ name: own, className, isTrainable, flatName: own },
  }));
  return { ...model, tree, entrances: [] };
}
