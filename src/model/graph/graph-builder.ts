import { attr, attrMessage, dtypeOf } from './attributes.js';
import { messages } from './messages.js';
import type { Attrs, ConstantData, GraphDType, GraphShape } from './attributes.js';
import type { GraphMessage } from './messages.js';

/**
 * One output of one node, written as TensorFlow does: `node:0`. It is what nodes take as inputs,
 * and what a session feeds and fetches.
 */
export type Edge = string & { readonly __brand: 'Edge' };

/** What a node has besides its op and its inputs. */
export interface NodeOptions {
  /** Default: the op's name and a number. A name that is taken gets a number too. */
  readonly name?: string;
  readonly attrs?: Attrs;
  /** Nodes that must have run before this one. */
  readonly after?: readonly Edge[];
}

/** Version of TensorFlow's graph format that the nodes are written for: that of TensorFlow 2.9. */
const graphVersion = 1087;

/** An edge's node and output number. */
function partsOf(edge: Edge): { node: string; port: number } {
  const colon = edge.lastIndexOf(':');
  return { node: edge.slice(0, colon), port: Number(edge.slice(colon + 1)) };
}

/** The output with number `port` of the node that `edge` comes from. */
export function outputOf(edge: Edge, port: number): Edge {
  return `${partsOf(edge).node}:${port}` as Edge;
}

/**
 * Writes a TensorFlow graph node by node. The graph is then loaded by `loadGraph` (session.ts).
 *
 * Nodes are added in any order that has inputs before their users. `add` is the one primitive, and
 * takes any op of TensorFlow; the others are shorthands for it. Attributes with a default in the
 * op's definition may be left out.
 *
 * @example
 * const graph = new GraphBuilder();
 * const x = graph.placeholder('x', 'float32', [-1, 3]);
 * const w = graph.constant(weights, [3, 2], 'w');
 * const y = graph.add('MatMul', [x, w], { attrs: { T: attr.type('float32') } });
 * const step = graph.add('GRUBlockCell', [...], { attrs: { T: attr.type('float32') } });
 * const h = outputOf(step, 3);
 *
 * // Variables: uninitialised until a run has fetched an edge that depends on an assignment.
 * const v = graph.variable('v', 'float32', [3, 2]);
 * const initialise = graph.allOf([graph.assign(v, 'float32', w)]); // fetch it once
 * const value = graph.read(v, 'float32', [someUpdate]); // read after someUpdate
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops for ops, inputs and attributes
 */
export class GraphBuilder {
  readonly #graph: GraphMessage;
  readonly #names = new Map<string, number>();

  constructor() {
    const versions = new messages.VersionDef();
    versions.setProducer(graphVersion);
    this.#graph = new messages.GraphDef();
    this.#graph.setVersions(versions);
  }

  /** Adds a node and gives its first output; {@link outputOf} gives its others. */
  add(op: string, inputs: readonly Edge[], options: NodeOptions = {}): Edge {
    const name = this.#freeName(options.name ?? op);
    const node = new messages.NodeDef();
    node.setName(name);
    node.setOp(op);
    node.setInputList([
      ...inputs.map((edge) => {
        const { node: from, port } = partsOf(edge);
        return port === 0 ? from : edge;
      }),
      ...(options.after ?? []).map((edge) => `^${partsOf(edge).node}`),
    ]);
    for (const [key, value] of Object.entries(options.attrs ?? {})) {
      node.getAttrMap().set(key, attrMessage(value));
    }
    this.#graph.addNode(node);
    return `${name}:0` as Edge;
  }

  /** A node that every run must feed. */
  placeholder(name: string, dtype: GraphDType, shape: GraphShape): Edge {
    return this.add('Placeholder', [], {
      name,
      attrs: { dtype: attr.type(dtype), shape: attr.shape(shape) },
    });
  }

  /** A constant with the element type of its array; its values are copied when the graph is saved. */
  constant(data: ConstantData, shape: readonly number[], name = 'Const'): Edge {
    return this.add('Const', [], {
      name,
      attrs: { dtype: attr.type(dtypeOf(data)), value: attr.tensor(data, shape) },
    });
  }

  /** A float32 constant without dimensions. */
  scalar(value: number, name = 'scalar'): Edge {
    return this.constant(Float32Array.of(value), [], name);
  }

  /** An int32 constant: `[]`-shaped from a number, one-dimensional from a list. */
  integers(value: number | readonly number[], name = 'integers'): Edge {
    return typeof value === 'number'
      ? this.constant(Int32Array.of(value), [], name)
      : this.constant(Int32Array.from(value), [value.length], name);
  }

  /** The handle of a variable that lives as long as the session does. */
  variable(name: string, dtype: GraphDType, shape: readonly number[]): Edge {
    return this.add('VarHandleOp', [], {
      name,
      attrs: {
        dtype: attr.type(dtype),
        shape: attr.shape(shape),
        shared_name: attr.text(name),
        container: attr.text(''),
      },
    });
  }

  /** Sets a variable. It has no output: only for `after` and {@link allOf}. */
  assign(variable: Edge, dtype: GraphDType, value: Edge, after: readonly Edge[] = []): Edge {
    return this.add('AssignVariableOp', [variable, value], {
      attrs: { dtype: attr.type(dtype) },
      after,
    });
  }

  /** The value of a variable after the nodes of `after` have run. */
  read(variable: Edge, dtype: GraphDType, after: readonly Edge[] = []): Edge {
    return this.add('ReadVariableOp', [variable], { attrs: { dtype: attr.type(dtype) }, after });
  }

  /** `value` itself, once the nodes of `after` have run. */
  identity(value: Edge, dtype: GraphDType, options: Omit<NodeOptions, 'attrs'> = {}): Edge {
    return this.add('Identity', [value], { ...options, attrs: { T: attr.type(dtype) } });
  }

  /** An int32 zero that can be fetched to make the nodes of `after` run. */
  allOf(after: readonly Edge[], name = 'done'): Edge {
    return this.add('Const', [], {
      name,
      attrs: { dtype: attr.type('int32'), value: attr.tensor(Int32Array.of(0), []) },
      after,
    });
  }

  /** The bytes of a `saved_model.pb` that holds this graph under the tag `serve`. */
  toSavedModel(): Uint8Array {
    const info = new messages.MetaGraphDef.MetaInfoDef();
    info.addTags('serve');
    const metaGraph = new messages.MetaGraphDef();
    metaGraph.setMetaInfoDef(info);
    metaGraph.setGraphDef(this.#graph);
    const model = new messages.SavedModel();
    model.setSavedModelSchemaVersion(1);
    model.addMetaGraphs(metaGraph);
    return model.serializeBinary();
  }

  #freeName(wanted: string): string {
    const clean = wanted.replace(/[^A-Za-z0-9_./-]/g, '_').replace(/^[^A-Za-z0-9.]/, '.');
    const used = this.#names.get(clean);
    this.#names.set(clean, (used ?? 0) + 1);
    return used === undefined ? clean : this.#freeName(`${clean}_${used}`);
  }
}
