import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { convertModel } from '../../../../src/model/import/convert-model.js';
import { flattenModel } from '../../../../src/model/import/flatten-model.js';
import { randomFrom } from '../networks.js';
import {
  asKeras3,
  below,
  inputLayer,
  kerasTensor,
  pick,
  plainLayer,
  randomGraph,
} from './random-models.js';
import type { FlatModel } from '../../../../src/model/import/flatten-model.js';
import type { Graph, Node, Random, Tensor } from './random-models.js';

/** What a model gives, as terms: `n0/n1(in0, n0/n0(in0))`. Computed model by model. */
function termsOf(graph: Graph, given: readonly string[], prefix = ''): string[] {
  const terms = new Map(graph.inputs.map((name, at) => [`${name} 0`, given[at] ?? '']));
  const termOf = ([name, , output]: Tensor): string => terms.get(`${name} ${output}`) ?? 'nothing';
  for (const { name, takes, model } of graph.nodes) {
    const taken = takes.map(termOf);
    const made = model
      ? termsOf(model, taken, `${prefix}${name}/`)
      : [`${prefix}${name}(${taken.join(', ')})`];
    made.forEach((term, output) => terms.set(`${name} ${output}`, term));
  }
  return graph.outputs.map(termOf);
}

/** The same of a flat model, layer by layer. */
function termsOfFlat({ layers, ends }: FlatModel): string[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const termOf = (name: string): string => {
    const taken = (byName.get(name)?.tfjs.inbound_nodes ?? []).flat().map(([from]) => termOf(from));
    return taken.length === 0 ? name : `${name}(${taken.join(', ')})`;
  };
  return (ends?.outputs ?? []).map(([name]) => termOf(name));
}

const flatten = (configuration: unknown): FlatModel =>
  flattenModel(convertModel(configuration, { kerasMajor: 3 }));

/** Something in a configuration replaced by something else in it, or by what should not be there. */
function damaged(value: unknown, random: Random): unknown {
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const visit = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    for (const key of Object.keys(one)) {
      const holder = one as Record<string, unknown>;
      places.push({ holder, key });
      visit(holder[key]);
    }
  };
  const copy = structuredClone(value);
  visit(copy);
  const place = pick(random, places);
  const other = pick(random, places);
  const values = [structuredClone(other.holder[other.key]), null, [], {}, -1, 1, 7, 1e9, 'n0', ''];
  place.holder[place.key] = pick(random, values);
  return copy;
}

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });

describe('models within models', () => {
  it('compute, taken apart, what they computed model by model', () => {
    let nested = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const graph = randomGraph(random, 3, 1 + below(random, 2));
        const flat = flatten(asKeras3('whole', graph));
        assert.ok(flat.layers.every(({ model }) => model === undefined));
        assert.deepEqual(termsOfFlat(flat), termsOf(graph, graph.inputs));
        nested += flat.entrances.length;
      }),
      { numRuns: 200 },
    );
    assert.ok(nested > 200);
  });

  it('are taken apart, or refused with a reason, whatever their configuration is', () => {
    let refused = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const whole = asKeras3('whole', randomGraph(random, 3, 1));
        try {
          const flat = flatten(damaged(whole, random));
          const names = new Set(flat.layers.map(({ name }) => name));
          assert.equal(names.size, flat.layers.length);
          if (flat.entrances.length === 0) return;
          for (const { tfjs } of flat.layers) {
            for (const [from] of tfjs.inbound_nodes?.flat() ?? []) assert.ok(names.has(from));
          }
        } catch (cause) {
          if (!(cause instanceof Error) || cause.name !== 'ModelError') throw cause;
          refused += 1;
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(refused > 40);
  });
});

/** A model with this one within it. */
function around(inner: object, name: string): object {
  return {
    ...{
      class_name: 'Sequential',
      name,
      config: { name, build_input_shape: [null, 2], layers: [inner] },
    },
  };
}

function refuses(message: RegExp, configuration: unknown): void {
  assert.throws(() => flatten(configuration), { name: 'ModelError', message });
}

/** A graph of the inputs `in0` … that calls a model, as it is or changed. */
function calling(
  model: object,
  { takes = ['in0'], gives = ['inner', 1, 0] as Tensor, calls = 1 } = {},
): object {
  const args = [takes.map((name) => kerasTensor([name, 0, 0]))];
  const inbound_nodes = Array.from({ length: calls }, () => ({ args, kwargs: {} }));
  const layers = [...new Set(takes)].map(inputLayer);
  const config = {
    ...{ name: 'whole', layers: [...layers, { ...model, inbound_nodes }] },
    ...{ input_layers: layers.map(({ name }) => [name, 0, 0]), output_layers: [gives] },
  };
  return { class_name: 'Functional', config };
}

const oneLayer: Graph = {
  ...{ inputs: ['in0'], nodes: [{ name: 'n0', takes: [['in0', 0, 0]] }], isSequence: false },
  outputs: [['n0', 0, 0]],
};
const inner = asKeras3('inner', oneLayer);

describe('models within models that can not be are refused', () => {
  it('deeper than any model is', () => {
    const nested = (depth: number): object =>
      Array.from({ length: depth }).reduce<object>(
        (whole, _, at) => around(whole, `m${at}`),
        plainLayer('last'),
      );
    assert.equal(flatten(nested(20)).layers.at(-1)?.name.split('/').length, 20);
    refuses(/m0 \(Sequential\) is within 21 other models; at most 20/, nested(22));
  });

  it('of more layers than any model has, all together', () => {
    const wide = (name: string): object => {
      const layers = Array.from({ length: 40_000 }, (_, at) => plainLayer(`n${at}`));
      return { class_name: 'Sequential', name, config: { name, layers } };
    };
    const config = { build_input_shape: [null, 2], layers: [wide('a'), wide('b'), wide('c')] };
    const whole = { class_name: 'Sequential', name: 'whole', config };
    refuses(/The model c \(Sequential\) makes it more than 100000 layers/, whole);
  });

  it('with names that grow without end', () => {
    const long = 'm'.repeat(290);
    refuses(
      /would have a name of 302 characters/,
      around(around(plainLayer('last_layers'), long), 'w'),
    );
    const short = around(around(plainLayer('last'), long), 'whole');
    assert.equal(flatten(short).layers.at(-1)?.name, `${long}/last`);
  });

  it('that are never called', () => {
    refuses(
      /inner \(Functional\) is a layer of another one, which never calls it/,
      calling(inner, { calls: 0 }),
    );
  });

  it('called with more tensors than they take', () => {
    refuses(
      /inner \(Functional\) takes 1 tensors, and is called with 2/,
      calling(inner, { takes: ['in0', 'in1'] }),
    );
  });

  it('of which something is taken that they do not give', () => {
    refuses(/The model takes output 3 of inner/, calling(inner, { gives: ['inner', 1, 3] }));
    refuses(
      /what call 2 of layer inner gives, and there is no such call/,
      calling(inner, { gives: ['inner', 2, 0] }),
    );
  });

  it('whose inputs are not those that they list', () => {
    const graph = { ...oneLayer, inputs: ['n0'] };
    const listed = JSON.parse(
      JSON.stringify(inner).replace('["in0",0,0]]', '["n0",0,0]]'),
    ) as object;
    assert.notDeepEqual(listed, asKeras3('inner', graph));
    refuses(/lists as its inputs: .*; its InputLayers are: in0/, calling(listed));
  });

  it('that go in a circle', () => {
    const circle = { ...oneLayer, nodes: [{ name: 'n0', takes: [['n0', 0, 0]] as Tensor[] }] };
    refuses(/goes in a circle/, calling(asKeras3('inner', circle)));
  });

  it('with two layers of one name in a sequence', () => {
    const config = { layers: [plainLayer('a'), plainLayer('a')] };
    const sequence = {
      class_name: 'Sequential',
      name: 'inner',
      config: { name: 'inner', ...config },
    };
    refuses(/two layers of the name a/, calling(sequence, { gives: ['inner', 0, 0] }));
  });

  it('in no time, be there ever so many that do nothing', () => {
    const nothing = { ...oneLayer, nodes: [], outputs: [['in0', 0, 0]] as Tensor[] };
    const count = 5_000;
    const nodes = Array.from({ length: count }, (_, at): Node => {
      return {
        name: `n${at}`,
        takes: [at === 0 ? ['in0', 0, 0] : [`n${at - 1}`, 0, 0]],
        model: nothing,
      };
    });
    const graph: Graph = { ...oneLayer, nodes, outputs: [[`n${count - 1}`, 0, 0]] };
    assert.deepEqual(flatten(asKeras3('whole', graph)).ends?.outputs, [['in0', 0, 0]]);
  });
});
