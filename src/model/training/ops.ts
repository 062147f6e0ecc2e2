import { attr } from '../graph/attributes.js';
import { outputOf } from '../graph/graph-builder.js';
import type { Edge, GraphBuilder } from '../graph/graph-builder.js';

const float = attr.type('float32');
const int = attr.type('int32');

/**
 * The ops of a training graph, float32 unless said otherwise, as methods over a
 * {@link GraphBuilder}.
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops
 */
export class Ops {
  readonly graph: GraphBuilder;
  readonly #axes: readonly [Edge, Edge];

  constructor(graph: GraphBuilder) {
    this.graph = graph;
    this.#axes = [graph.integers(0, 'axis_0'), graph.integers(1, 'axis_1')];
  }

  add(a: Edge, b: Edge): Edge {
    return this.#binary('AddV2', a, b);
  }

  subtract(a: Edge, b: Edge): Edge {
    return this.#binary('Sub', a, b);
  }

  multiply(a: Edge, b: Edge): Edge {
    return this.#binary('Mul', a, b);
  }

  divide(a: Edge, b: Edge): Edge {
    return this.#binary('RealDiv', a, b);
  }

  maximum(a: Edge, b: Edge): Edge {
    return this.#binary('Maximum', a, b);
  }

  square(a: Edge): Edge {
    return this.#unary('Square', a);
  }

  sqrt(a: Edge): Edge {
    return this.#unary('Sqrt', a);
  }

  reciprocalSqrt(a: Edge): Edge {
    return this.#unary('Rsqrt', a);
  }

  zerosLike(a: Edge): Edge {
    return this.#unary('ZerosLike', a);
  }

  /** Half the sum of the squares. */
  halfSumOfSquares(a: Edge): Edge {
    return this.#unary('L2Loss', a);
  }

  sumOfAll(edges: readonly Edge[]): Edge {
    return this.graph.add('AddN', edges, { attrs: { N: attr.int(edges.length), T: float } });
  }

  /** `a · b`; `first` or `second` says which of the two is transposed. */
  matmul(a: Edge, b: Edge, transposed: 'none' | 'first' | 'second' = 'none'): Edge {
    return this.graph.add('MatMul', [a, b], {
      attrs: {
        T: float,
        transpose_a: attr.bool(transposed === 'first'),
        transpose_b: attr.bool(transposed === 'second'),
      },
    });
  }

  biasAdd(a: Edge, bias: Edge): Edge {
    return this.graph.add('BiasAdd', [a, bias], { attrs: { T: float } });
  }

  /** Sum over the rows: `[n, m]` gives `[m]`. */
  sumOfRows(a: Edge): Edge {
    return this.#reduce('Sum', a, 0, false);
  }

  /** Mean of each row: `[n, m]` gives `[n, 1]`. */
  meanOfEachRow(a: Edge): Edge {
    return this.#reduce('Mean', a, 1, true);
  }

  concat(edges: readonly Edge[], axis: 0 | 1): Edge {
    return this.graph.add('ConcatV2', [...edges, this.#axes[axis]], {
      attrs: { N: attr.int(edges.length), T: float, Tidx: int },
    });
  }

  /** Cuts the rows into `parts` equal parts. */
  split(a: Edge, parts: number): Edge[] {
    const node = this.graph.add('Split', [this.#axes[0], a], {
      attrs: { num_split: attr.int(parts), T: float },
    });
    return Array.from({ length: parts }, (_, part) => outputOf(node, part));
  }

  /** `[n]` gives `[n, 1]`. */
  column(a: Edge): Edge {
    return this.#reshape(a, [-1, 1]);
  }

  /** All elements in one dimension. */
  flat(a: Edge): Edge {
    return this.#reshape(a, [-1]);
  }

  /** The rows of `table` that the int32 `rows` name. */
  gather(table: Edge, rows: Edge): Edge {
    return this.graph.add('GatherV2', [table, rows, this.#axes[0]], {
      attrs: { Tparams: float, Tindices: int, Taxis: int },
    });
  }

  /** `[n]` int32 gives `[n, size]`: `on` at each row's number, `off` elsewhere. */
  oneHot(rows: Edge, size: number, on: number, off: number): Edge {
    const { graph } = this;
    const inputs = [rows, graph.integers(size), graph.scalar(on), graph.scalar(off)];
    return graph.add('OneHot', inputs, { attrs: { T: float, TI: int } });
  }

  /** The sum of the rows of `a` that go to each row of a table of `size` rows. */
  scatterSum(a: Edge, rows: Edge, size: number): Edge {
    return this.graph.add('UnsortedSegmentSum', [a, rows, this.graph.integers(size)], {
      attrs: { T: float, Tindices: int, Tnumsegments: int },
    });
  }

  /** Uniform numbers in [0, 1) in the shape of `like`, the same for the same int32 `[2]` seed. */
  uniformLike(like: Edge, seed: Edge): Edge {
    const shape = this.graph.add('Shape', [like], { attrs: { T: float, out_type: int } });
    return this.graph.add('StatelessRandomUniform', [shape, seed], {
      attrs: { dtype: float, T: int, Tseed: int },
    });
  }

  /** 1 where `a ≥ b`, else 0. */
  atLeast(a: Edge, b: Edge): Edge {
    const holds = this.graph.add('GreaterEqual', [a, b], { attrs: { T: float } });
    return this.graph.add('Cast', [holds], { attrs: { SrcT: attr.type('bool'), DstT: float } });
  }

  #reshape(a: Edge, shape: readonly number[]): Edge {
    return this.graph.add('Reshape', [a, this.graph.integers(shape)], {
      attrs: { T: float, Tshape: int },
    });
  }

  #unary(op: string, a: Edge): Edge {
    return this.graph.add(op, [a], { attrs: { T: float } });
  }

  #binary(op: string, a: Edge, b: Edge): Edge {
    return this.graph.add(op, [a, b], { attrs: { T: float } });
  }

  #reduce(op: 'Sum' | 'Mean', a: Edge, axis: 0 | 1, keep: boolean): Edge {
    return this.graph.add(op, [a, this.#axes[axis]], {
      attrs: { T: float, Tidx: int, keep_dims: attr.bool(keep) },
    });
  }
}
