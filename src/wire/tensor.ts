import { asBuffer } from './record-codec.js';
import { WireError } from './errors.js';
import { fromHalf, toHalf } from './half.js';
import { shuffled, unshuffled } from './shuffle.js';
import { compress, decompress, maxZstdBytes } from './zstd.js';

/** Element types of tensors on the wire. */
export type DType = 'float32' | 'int32';

/**
 * How a tensor's elements are laid out in a record:
 * - `raw`: little-endian, as they are;
 * - `f16`: IEEE 754 binary16, half the bytes, about three digits (int32 stays raw);
 * - `zstd`: raw, compressed;
 * - `shuffle+zstd`: the first bytes of all elements, then the second bytes and so on, compressed.
 */
export type Encoding = 'raw' | 'f16' | 'zstd' | 'shuffle+zstd';

/** A tensor in row-major order. */
export interface WireTensor {
  readonly name: string;
  readonly dtype: DType;
  /** Lengths of the axes, the batch first. */
  readonly shape: readonly number[];
  /** `Float32Array` for `float32`, `Int32Array` for `int32`. */
  readonly data: Float32Array | Int32Array;
}

/** Avro names of the encodings: its enum symbols have no plus sign. */
export type EncodingSymbol = 'unknown' | 'raw' | 'f16' | 'zstd' | 'shuffle_zstd';

/** The `Tensor` record of the Avro schema. */
export interface TensorBody {
  readonly name: string;
  readonly dtype: DType | 'unknown';
  readonly shape: readonly number[];
  readonly encoding: EncodingSymbol;
  readonly data: Buffer;
}

/** Four times the largest record that the pipeline's topics take. */
const maxTensorBytes = 64 * 2 ** 20;

const symbols = {
  raw: 'raw',
  f16: 'f16',
  zstd: 'zstd',
  'shuffle+zstd': 'shuffle_zstd',
} as const satisfies Record<Encoding, EncodingSymbol>;

/** The Avro symbol of an encoding. */
export function symbolOf(encoding: Encoding): EncodingSymbol {
  return symbols[encoding];
}

/** The encoding of an Avro symbol, or undefined for one that a newer version has added. */
export function encodingOf(symbol: EncodingSymbol): Encoding | undefined {
  if (symbol === 'unknown') return undefined;
  return symbol === 'shuffle_zstd' ? 'shuffle+zstd' : symbol;
}

/**
 * The tensor as it goes into a record. Raw data is not copied.
 *
 * @throws {WireError} INVALID_TENSOR, ZSTD_NOT_READY
 */
export function packTensor(tensor: WireTensor, encoding: Encoding): TensorBody {
  const { name, dtype, shape, data } = tensor;
  if ((data instanceof Float32Array ? 'float32' : 'int32') !== dtype) {
    throw invalid(name, `its data are not ${dtype}`, 'fatal');
  }
  if (elementsOf(name, shape, 'fatal') !== data.length) {
    throw invalid(name, `${data.length} elements don't fill [${shape.join(', ')}]`, 'fatal');
  }
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const packed = pack(raw, data, encoding);
  // What does not get smaller travels as it is: it is cheaper for both ends.
  const gains = packed.length < raw.length;
  return {
    name,
    dtype,
    shape,
    encoding: gains ? symbols[encoding] : 'raw',
    data: gains ? packed : raw,
  };
}

/** Of tensors whose elements stand in a record as they are: their bytes there, aligned or not. */
const rawBytes = new WeakMap<WireTensor, Uint8Array>();

/**
 * The tensor of a record. Of raw data its elements are made when they are first asked for: in memory
 * of their own, or in the body's if that is aligned.
 *
 * @throws {WireError} INVALID_TENSOR, ZSTD_NOT_READY
 */
export function unpackTensor(body: TensorBody): WireTensor {
  const { name, dtype, shape } = body;
  if (dtype === 'unknown') {
    throw invalid(name, 'its element type is of a newer version than this program');
  }
  const bytes = unpack(body, elementsOf(name, shape));
  if (body.encoding !== 'raw') return { name, dtype, shape, data: elementsIn(bytes, dtype) };
  let data: WireTensor['data'] | null = null;
  const tensor: WireTensor = {
    name,
    dtype,
    shape,
    get data() {
      data ??= elementsIn(bytes, dtype);
      return data;
    },
  };
  rawBytes.set(tensor, bytes);
  return tensor;
}

/**
 * Copies a tensor's elements into others of its type, from index `at` on. What came in a record is
 * copied from there, once.
 */
export function copyElements(tensor: WireTensor, target: WireTensor['data'], at: number): void {
  const bytes = rawBytes.get(tensor);
  if (bytes === undefined) target.set(tensor.data, at);
  else new Uint8Array(target.buffer, target.byteOffset + 4 * at, bytes.length).set(bytes);
}

function elementsIn(packed: Uint8Array, dtype: DType): WireTensor['data'] {
  const bytes = aligned(packed);
  const length = bytes.byteLength / 4;
  return dtype === 'float32'
    ? new Float32Array(bytes.buffer, bytes.byteOffset, length)
    : new Int32Array(bytes.buffer, bytes.byteOffset, length);
}

function pack(raw: Buffer, data: Float32Array | Int32Array, encoding: Encoding): Buffer {
  switch (encoding) {
    case 'raw':
      return raw;
    case 'f16': {
      if (data instanceof Int32Array) return raw;
      return Buffer.from(toHalf(bitsOf(data)).buffer);
    }
    case 'zstd':
      return isForZstd(raw) ? asBuffer(compress(raw)) : raw;
    case 'shuffle+zstd':
      return isForZstd(raw) ? asBuffer(compress(shuffled(bitsOf(data)))) : raw;
  }
}

function isForZstd({ length }: Buffer): boolean {
  return length > 0 && length <= maxZstdBytes;
}

function unpack(body: TensorBody, elements: number): Uint8Array {
  const { name, data } = body;
  const bytes = elements * 4;
  switch (body.encoding) {
    case 'unknown':
      throw invalid(name, 'its encoding is of a newer version than this program');
    case 'raw':
      if (data.length === bytes) return data;
      throw invalid(name, `${data.length} bytes of data: its shape needs ${bytes}`);
    case 'f16': {
      if (body.dtype !== 'float32') throw invalid(name, `f16 can't hold ${body.dtype}`);
      if (data.length !== elements * 2) {
        throw invalid(name, `${data.length} bytes of f16: its shape needs ${elements * 2}`);
      }
      const half = aligned(data);
      const halves = new Uint16Array(half.buffer, half.byteOffset, elements);
      return new Uint8Array(fromHalf(halves).buffer);
    }
    case 'zstd':
    case 'shuffle_zstd': {
      if (bytes === 0 && data.length === 0) return data;
      if (bytes === 0) throw invalid(name, `${data.length} bytes of data: its shape needs none`);
      const raw = decompress(data, bytes);
      return body.encoding === 'zstd' ? raw : new Uint8Array(unshuffled(raw).buffer);
    }
  }
}

function bitsOf(data: Float32Array | Int32Array): Uint32Array {
  return new Uint32Array(data.buffer, data.byteOffset, data.length);
}

function elementsOf(name: string, shape: readonly number[], disposition?: 'fatal'): number {
  let elements = 1;
  for (const length of shape) {
    if (!Number.isInteger(length) || length < 0) {
      throw invalid(name, `${length} in its shape [${shape.join(', ')}] is no length`, disposition);
    }
    elements *= length;
  }
  if (elements * 4 > maxTensorBytes) {
    throw invalid(name, `[${shape.join(', ')}] is more than ${maxTensorBytes} bytes`, disposition);
  }
  return elements;
}

/** A view of four-byte elements needs an offset that is a multiple of four. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
}

function invalid(name: string, found: string, disposition?: 'fatal'): WireError {
  const options = disposition === undefined ? {} : { disposition };
  return new WireError('INVALID_TENSOR', `Tensor ${JSON.stringify(name)}: ${found}.`, options);
}
