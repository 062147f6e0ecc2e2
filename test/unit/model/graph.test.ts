import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attr } from '../../../src/model/graph/attributes.js';
import { GraphBuilder, outputOf } from '../../../src/model/graph/graph-builder.js';
import { loadGraph } from '../../../src/model/graph/session.js';
import { tf } from '../../../src/model/tensorflow.js';
import type { Edge } from '../../../src/model/graph/graph-builder.js';
import type { GraphSession } from '../../../src/model/graph/session.js';

const float = { T: attr.type('float32') };

function floats(data: readonly number[], shape: readonly number[]) {
  return { dtype: 'float32' as const, shape, data: Float32Array.from(data) };
}

function withSession(graph: GraphBuilder, use: (session: GraphSession) => void): void {
  const session = loadGraph(graph);
  try {
    use(session);
  } finally {
    session.dispose();
  }
}

/** The values of one edge. */
function valuesOf(session: GraphSession, edge: Edge): number[] {
  return session.run([], [edge]).flatMap(({ data }) => [...data]);
}

describe('a graph written here', () => {
  it('computes what its ops say, from constants and fed values', () => {
    const graph = new GraphBuilder();
    const x = graph.placeholder('x', 'float32', [-1, 2]);
    const w = graph.constant(Float32Array.of(1, 2, 3, 4), [2, 2], 'w');
    const y = graph.add('MatMul', [x, w], { attrs: { ...float, transpose_b: attr.bool(true) } });
    withSession(graph, (session) => {
      // By hand: [5, 6] · [[1, 3], [2, 4]] = [17, 39].
      const [result] = session.run([{ edge: x, tensor: floats([5, 6], [1, 2]) }], [y]);
      assert.deepEqual(result, { name: y, ...floats([17, 39], [1, 2]) });
    });
  });

  it('gives any output of a node, and takes a value in place of any', () => {
    const graph = new GraphBuilder();
    const x = graph.constant(Float32Array.of(3, 9, 5), [3]);
    const top = graph.add('TopKV2', [x, graph.integers(2)], { attrs: float });
    const twice = graph.add('Add', [top, top], { attrs: float });
    withSession(graph, (session) => {
      assert.deepEqual(valuesOf(session, top), [9, 5]);
      assert.deepEqual(valuesOf(session, outputOf(top, 1)), [1, 2]);
      const [fed] = session.run([{ edge: top, tensor: floats([1, 2], [2]) }], [twice]);
      assert.deepEqual(fed?.data, Float32Array.of(2, 4));
    });
  });

  it('keeps variables from run to run, and orders what must come after an update', () => {
    const graph = new GraphBuilder();
    const [value, m, v] = ['value', 'm', 'v'].map((name) => graph.variable(name, 'float32', [2]));
    assert.ok(value && m && v);
    const zeros = graph.constant(new Float32Array(2), [2]);
    const initialise = graph.allOf([
      graph.assign(value, 'float32', graph.constant(Float32Array.of(1, -1), [2])),
      graph.assign(m, 'float32', zeros),
      graph.assign(v, 'float32', zeros),
    ]);
    const numbers = [0.9, 0.999, 0.1, 0.9, 0.999, 1e-8].map((number) => graph.scalar(number));
    const gradient = graph.constant(Float32Array.of(7, -3), [2]);
    const update = graph.add('ResourceApplyAdam', [value, m, v, ...numbers, gradient], {
      attrs: float,
    });
    const updated = graph.read(value, 'float32', [update]);
    const current = graph.read(value, 'float32');
    withSession(graph, (session) => {
      valuesOf(session, initialise);
      assert.deepEqual(valuesOf(session, current), [1, -1]);
      // Adam's first step is the learning rate against the gradient's sign, whatever its size.
      const [first, second] = valuesOf(session, updated);
      assert.ok(Math.abs((first ?? 0) - 0.9) < 1e-6 && Math.abs((second ?? 0) + 0.9) < 1e-6);
      assert.deepEqual(valuesOf(session, current), [first, second]);
    });
  });

  it('writes every kind of attribute as TensorFlow reads it', () => {
    const graph = new GraphBuilder();
    const x = graph.constant(
      Float32Array.from({ length: 16 }, (_, index) => index),
      [1, 4, 4, 1],
    );
    const pooled = graph.add('MaxPool', [x], {
      attrs: {
        ...float,
        ksize: attr.ints([1, 2, 2, 1]),
        strides: attr.ints([1, 2, 2, 1]),
        padding: attr.text('VALID'),
      },
    });
    const leaky = graph.add('LeakyRelu', [graph.scalar(-8)], {
      attrs: { ...float, alpha: attr.float(0.25) },
    });
    const buckets = graph.add('Bucketize', [graph.constant(Float32Array.of(0, 2, 9), [3])], {
      attrs: { ...float, boundaries: attr.floats([1, 5]) },
    });
    const wide = graph.add('Cast', [graph.constant(BigInt64Array.of(2n ** 20n, -3n), [2])], {
      attrs: { SrcT: attr.type('int64'), DstT: attr.type('int32') },
    });
    const queue = graph.add('FIFOQueueV2', [], {
      attrs: {
        component_types: attr.types(['float32']),
        shapes: attr.shapes([[2]]),
        capacity: attr.int(1),
      },
    });
    const size = graph.add('QueueSizeV2', [queue]);
    const anyRank = graph.add('PlaceholderWithDefault', [x], {
      attrs: { dtype: attr.type('float32'), shape: attr.shape(null) },
    });
    withSession(graph, (session) => {
      assert.deepEqual(valuesOf(session, pooled), [5, 7, 13, 15]);
      assert.deepEqual(valuesOf(session, leaky), [-2]);
      assert.deepEqual(valuesOf(session, buckets), [0, 1, 2]);
      assert.deepEqual(valuesOf(session, wide), [1_048_576, -3]);
      assert.deepEqual(valuesOf(session, size), [0]);
      assert.equal(valuesOf(session, anyRank).length, 16);
    });
  });

  it('gives nodes of the same name names of their own', () => {
    const graph = new GraphBuilder();
    const edges = [1, 2, 3].map((value) => graph.scalar(value, 'same name'));
    assert.equal(new Set(edges).size, 3);
    withSession(graph, (session) => {
      assert.deepEqual(
        session.run([], edges).map(({ data }) => data[0]),
        [1, 2, 3],
      );
    });
  });

  it('is refused with what TensorFlow says about it', () => {
    const graph = new GraphBuilder();
    graph.add('NoSuchOp', []);
    assert.throws(() => loadGraph(graph), { code: 'ENGINE_FAILED', message: /NoSuchOp/ });
  });

  it('says what is missing when a run lacks a feed, and runs on', () => {
    const graph = new GraphBuilder();
    const x = graph.placeholder('x', 'float32', [2]);
    const y = graph.add('Neg', [x], { attrs: float });
    withSession(graph, (session) => {
      assert.throws(() => session.run([], [y]), { code: 'ENGINE_FAILED', message: /'x'/ });
      const [result] = session.run([{ edge: x, tensor: floats([1, 2], [2]) }], [y]);
      assert.deepEqual(result?.data, Float32Array.of(-1, -2));
    });
    assert.equal(tf.memory().numTensors, 0);
  });
});
