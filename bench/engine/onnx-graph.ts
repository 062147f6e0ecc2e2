import { bytesField, floatField, integerField } from './protobuf.js';

/** An attribute of a node: a whole number, a fraction, or a list of whole numbers. */
export type OnnxAttribute =
  { readonly int: number } | { readonly float: number } | { readonly ints: readonly number[] };

/** An input or output of a graph; a size may be a name, for one that is known at run time only. */
export interface OnnxValue {
  readonly name: string;
  readonly type: keyof typeof elementTypes;
  readonly shape: readonly (number | string)[];
}

/** `TensorProto.DataType` */
const elementTypes = { float: 1, int32: 6, int64: 7 };
/** `AttributeProto.AttributeType` */
const attributeTypes = { float: 1, int: 2, ints: 7 };
/** The first operator set with LayerNormalization, and the format's version of that time. */
const [operatorSet, formatVersion] = [17, 8];

function attributeMessage(name: string, attribute: OnnxAttribute): Buffer {
  const value =
    'int' in attribute
      ? [integerField(3, attribute.int), integerField(20, attributeTypes.int)]
      : 'float' in attribute
        ? [floatField(2, attribute.float), integerField(20, attributeTypes.float)]
        : [
            ...attribute.ints.map((entry) => integerField(8, entry)),
            integerField(20, attributeTypes.ints),
          ];
  return Buffer.concat([bytesField(1, name), ...value]);
}

function valueMessage({ name, type, shape }: OnnxValue): Buffer {
  const sizes = shape.map((size) =>
    bytesField(1, typeof size === 'number' ? integerField(1, size) : bytesField(2, size)),
  );
  const tensorType = [integerField(1, elementTypes[type]), bytesField(2, Buffer.concat(sizes))];
  return Buffer.concat([
    bytesField(1, name),
    bytesField(2, bytesField(1, Buffer.concat(tensorType))),
  ]);
}

/**
 * Writes an ONNX model node by node; inputs before their users.
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the messages and field numbers
 */
export class OnnxGraph {
  readonly #fields: Buffer[] = [];
  #nodes = 0;

  /** Adds a node with one output that is used, and gives the name of that output. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    outputs: readonly string[] = [`${op}_${this.#nodes}`],
  ): string {
    this.#nodes += 1;
    const node = [
      ...inputs.map((name) => bytesField(1, name)),
      ...outputs.map((name) => bytesField(2, name)),
      bytesField(4, op),
      ...Object.entries(attributes).map(([name, value]) =>
        bytesField(5, attributeMessage(name, value)),
      ),
    ];
    this.#fields.push(bytesField(1, Buffer.concat(node)));
    return outputs.find((name) => name !== '') ?? '';
  }

  /** Adds a constant; whole numbers become int64. */
  constant(name: string, data: Float32Array | BigInt64Array, shape: readonly number[]): string {
    const type = data instanceof Float32Array ? elementTypes.float : elementTypes.int64;
    const tensor = [
      ...shape.map((size) => integerField(1, size)),
      integerField(2, type),
      bytesField(8, name),
      bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ];
    this.#fields.push(bytesField(5, Buffer.concat(tensor)));
    return name;
  }

  /** The bytes of a model with this graph. */
  toModel(inputs: readonly OnnxValue[], outputs: readonly OnnxValue[]): Uint8Array {
    const graph = [
      ...this.#fields,
      bytesField(2, 'network'),
      ...inputs.map((value) => bytesField(11, valueMessage(value))),
      ...outputs.map((value) => bytesField(12, valueMessage(value))),
    ];
    return Buffer.concat([
      integerField(1, formatVersion),
      bytesField(7, Buffer.concat(graph)),
      bytesField(8, integerField(2, operatorSet)),
    ]);
  }
}
