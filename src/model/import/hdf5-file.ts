import h5wasm from 'h5wasm';
import { messageOf } from '../../errors.js';
import { ModelError } from '../errors.js';
import { sizeOf } from '../tensor.js';
import type { StoredWeight } from './weight-pairs.js';

const { Dataset, File, Group } = h5wasm;

/** H5T_FLOAT, the class of floating-point types. */
const floatClass = 1;

let opened = 0;

/**
 * An HDF5 file in memory. It is read by the HDF5 library inside WebAssembly, whose file system holds
 * this file and no other: links to other files lead nowhere.
 */
export class Hdf5File {
  readonly #name: string;
  readonly #bytes: number;
  readonly #file: InstanceType<typeof File>;
  readonly #remove: () => void;

  private constructor(name: string, bytes: number, path: string, remove: () => void) {
    this.#name = name;
    this.#bytes = bytes;
    this.#file = this.#try('is no sound HDF5 file', () => new File(path, 'r'));
    this.#remove = remove;
  }

  /**
   * @param name what messages call the file
   * @throws {ModelError} MODEL_FILE_INVALID
   */
  static async open(bytes: Buffer, name: string): Promise<Hdf5File> {
    const library = await h5wasm.ready;
    // Else the library prints to standard error, and goes on.
    library.activate_throwing_error_handler();
    opened += 1;
    const path = `/model-${opened}.h5`;
    library.FS.writeFile(path, bytes);
    const remove = (): void => library.FS.unlink(path);
    try {
      return new Hdf5File(name, bytes.length, path, remove);
    } catch (cause) {
      remove();
      throw cause;
    }
  }

  close(): void {
    this.#file.close();
    this.#remove();
  }

  /** The names in a group; `undefined` if there is no group at the path. */
  namesIn(path: string): readonly string[] | undefined {
    return this.#try(`can't be read at ${path}`, () => this.#group(path)?.keys());
  }

  /** A group's attribute that is one text; `undefined` if there is none. */
  text(path: string, attribute: string): string | undefined {
    const value = this.#attribute(path, attribute);
    return typeof value === 'string' ? value : undefined;
  }

  /** A group's attribute that is a list of texts; `undefined` if there is none. */
  texts(path: string, attribute: string): readonly string[] | undefined {
    const value = this.#attribute(path, attribute);
    if (!Array.isArray(value)) return undefined;
    return value.filter((entry) => typeof entry === 'string');
  }

  /**
   * A weight, whose values are read when they are asked for.
   * @throws {ModelError} MODEL_FILE_INVALID if there is none, or it is none that Keras writes
   */
  weight(path: string): StoredWeight {
    const dataset = this.#try(`can't be read at ${path}`, () => this.#entity(path));
    const where = `${path} of ${this.#name}`;
    if (!(dataset instanceof Dataset)) {
      throw new ModelError('MODEL_FILE_INVALID', `There is no weight at ${where}.`);
    }
    const shape = this.#try(`can't be read at ${path}`, () => this.#shapeOf(dataset, where));
    return { where, shape, read: () => this.#valuesOf(dataset, where) };
  }

  /** The size on record is held against the file's own, so that no file can ask for more memory. */
  #shapeOf(dataset: InstanceType<typeof Dataset>, where: string): readonly number[] {
    const { type, size, shape, littleEndian, virtual_sources: virtual } = dataset.metadata;
    const refuse = (why: string): never => {
      throw new ModelError('MODEL_FILE_INVALID', `The weight at ${where} ${why}`);
    };
    if (type !== floatClass || (size !== 4 && size !== 8) || !littleEndian) {
      return refuse('is neither float32 nor float64. Convert the model to float32.');
    }
    if (shape === null || virtual !== undefined || dataset.filters.length > 0) {
      return refuse('is packed or kept elsewhere, which Keras never does. Save it with Keras.');
    }
    const bytes = sizeOf(shape) * size;
    if (bytes > this.#bytes) {
      return refuse(`has ${bytes} bytes on record; the whole file has ${this.#bytes}.`);
    }
    return shape;
  }

  #valuesOf(dataset: InstanceType<typeof Dataset>, where: string): Float32Array {
    const value = this.#try(`can't be read at ${where}`, () => dataset.value);
    if (value instanceof Float32Array) return value;
    if (value instanceof Float64Array) return Float32Array.from(value);
    throw new ModelError('MODEL_FILE_INVALID', `The weight at ${where} has no values.`);
  }

  #attribute(path: string, attribute: string): unknown {
    return this.#try(`can't be read at ${path}`, () => {
      const group = this.#group(path);
      if (group === undefined || !Object.keys(group.attrs).includes(attribute)) return undefined;
      return group.get_attribute(attribute, false);
    });
  }

  #group(path: string): InstanceType<typeof Group> | undefined {
    const entity = this.#entity(path);
    return entity instanceof Group ? entity : undefined;
  }

  #entity(path: string): unknown {
    return this.#file.get(path);
  }

  #try<Value>(what: string, read: () => Value): Value {
    try {
      return read();
    } catch (cause) {
      if (cause instanceof ModelError) throw cause;
      const message = `${this.#name} ${what}: ${messageOf(cause)}`;
      throw new ModelError('MODEL_FILE_INVALID', message, cause);
    }
  }
}
