import { messages } from './messages.js';
import type { AttrMessage, TensorMessage, TensorShapeMessage } from './messages.js';

/** Element types of tensors inside a graph. Only `float32`, `int32` and `bool` cross into JavaScript. */
export type GraphDType = 'float32' | 'int32' | 'int64' | 'bool' | 'string' | 'resource';

/** A static shape: −1 stands for a dimension that is known at run time only; `null` for unknown rank. */
export type GraphShape = readonly number[] | null;

/** Values of a constant: a typed array of the constant's own type. */
export type ConstantData = Float32Array | Int32Array | BigInt64Array;

/** One attribute of a node, of the kind that the op's definition asks for. Made by {@link attr}. */
export type Attr =
  | { readonly kind: 'type'; readonly value: GraphDType }
  | { readonly kind: 'types'; readonly value: readonly GraphDType[] }
  | { readonly kind: 'shape'; readonly value: GraphShape }
  | { readonly kind: 'shapes'; readonly value: readonly GraphShape[] }
  | { readonly kind: 'int' | 'float'; readonly value: number }
  | { readonly kind: 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: ConstantData; readonly shape: readonly number[] };

/** Attributes by name, as an op's definition lists them. */
export type Attrs = Readonly<Record<string, Attr>>;

/** Makers of attributes: `{ T: attr.type('float32'), transpose_a: attr.bool(false) }`. */
export const attr = {
  type: (value: GraphDType): Attr => ({ kind: 'type', value }),
  types: (value: readonly GraphDType[]): Attr => ({ kind: 'types', value }),
  shape: (value: GraphShape): Attr => ({ kind: 'shape', value }),
  shapes: (value: readonly GraphShape[]): Attr => ({ kind: 'shapes', value }),
  int: (value: number): Attr => ({ kind: 'int', value }),
  ints: (value: readonly number[]): Attr => ({ kind: 'ints', value }),
  float: (value: number): Attr => ({ kind: 'float', value }),
  floats: (value: readonly number[]): Attr => ({ kind: 'floats', value }),
  bool: (value: boolean): Attr => ({ kind: 'bool', value }),
  text: (value: string): Attr => ({ kind: 'text', value }),
  tensor: (value: ConstantData, shape: readonly number[]): Attr => ({
    kind: 'tensor',
    value,
    shape,
  }),
};

/** Numbers of TensorFlow's `DataType` enum. */
const dataTypes: Readonly<Record<GraphDType, number>> = {
  float32: 1,
  int32: 3,
  string: 7,
  int64: 9,
  bool: 10,
  resource: 20,
};

/** The graph type of a typed array's elements. */
export function dtypeOf(data: ConstantData): 'float32' | 'int32' | 'int64' {
  if (data instanceof Float32Array) return 'float32';
  return data instanceof Int32Array ? 'int32' : 'int64';
}

function shapeMessage(shape: GraphShape): TensorShapeMessage {
  const message = new messages.TensorShape();
  if (shape === null) message.setUnknownRank(true);
  for (const size of shape ?? []) {
    const dim = new messages.TensorShape.Dim();
    dim.setSize(size);
    message.addDim(dim);
  }
  return message;
}

function tensorMessage(data: ConstantData, shape: readonly number[]): TensorMessage {
  const message = new messages.Tensor();
  message.setDtype(dataTypes[dtypeOf(data)]);
  message.setTensorShape(shapeMessage(shape));
  message.setTensorContent(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return message;
}

function setList(message: AttrMessage, attribute: Attr): void {
  const list = new messages.AttrValue.ListValue();
  if (attribute.kind === 'types') list.setTypeList(attribute.value.map((type) => dataTypes[type]));
  if (attribute.kind === 'shapes') list.setShapeList(attribute.value.map(shapeMessage));
  if (attribute.kind === 'ints') list.setIList(attribute.value);
  if (attribute.kind === 'floats') list.setFList(attribute.value);
  message.setList(list);
}

/** The protobuf message of one attribute. */
export function attrMessage(attribute: Attr): AttrMessage {
  const message = new messages.AttrValue();
  switch (attribute.kind) {
    case 'type':
      message.setType(dataTypes[attribute.value]);
      break;
    case 'shape':
      message.setShape(shapeMessage(attribute.value));
      break;
    case 'int':
      message.setI(attribute.value);
      break;
    case 'float':
      message.setF(attribute.value);
      break;
    case 'bool':
      message.setB(attribute.value);
      break;
    case 'text':
      message.setS(Buffer.from(attribute.value, 'utf8'));
      break;
    case 'tensor':
      message.setTensor(tensorMessage(attribute.value, attribute.shape));
      break;
    default:
      setList(message, attribute);
  }
  return message;
}
