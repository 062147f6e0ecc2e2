import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../errors.js';
import { ModelError } from '../errors.js';
import { loadModelFiles, modelJsonPath } from '../model-files.js';
import { h5Source } from './h5-source.js';
import { kerasSource } from './keras-source.js';
import { greatestWeightsBytes } from './limits.js';
import { tfjsSource } from './tfjs-source.js';
import type { Dialect } from './layer-entry.js';
import type { WeightOwner } from './weight-owners.js';
import type { WeightPair } from './weight-pairs.js';

/** A model file that is open. */
export interface ModelSource {
  /** What it is, for people: `Keras 3.15.1 (.keras)`. */
  readonly format: string;
  /** The model's configuration, as the file has it. */
  readonly configuration: unknown;
  readonly dialect: Dialect;
  /** The bytes of what holds the weights. */
  readonly weightsBytes: number;
  /**
   * Finds the weights that the layers call for.
   * @throws {ModelError} MODEL_FILE_INVALID, MODEL_UNSUPPORTED
   */
  pairWeights(layers: readonly WeightOwner[]): readonly WeightPair[];
  close(): void;
}

/** Beside the weights, a file has its configuration. */
const greatestFileBytes = greatestWeightsBytes + 2 ** 26;

const zipSignature = Buffer.from('PK\u0003\u0004', 'latin1');
/** @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html section II.A */
const hdf5Signature = Buffer.from('\u0089HDF\r\n\u001a\n', 'latin1');

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function beginsWith(bytes: Buffer, signature: Buffer): boolean {
  return bytes.subarray(0, signature.length).equals(signature);
}

async function openFile(path: string): Promise<ModelSource> {
  const { size } = await stat(path);
  if (size > greatestFileBytes) {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `${path} has ${size} bytes; at most ${greatestFileBytes} can be taken.`,
    );
  }
  const beginning = await beginningOf(path);
  if (beginsWith(beginning, zipSignature)) return await kerasSource(await readFile(path));
  if (beginsWith(beginning, hdf5Signature)) return await h5Source(await readFile(path), path);
  if (/^\s*\{/.test(beginning.toString('latin1')))
    return tfjsSource(await loadModelFiles(dirname(path)));
  throw new ModelError(
    'MODEL_FILE_INVALID',
    `${path} is no model file that is known: neither a zip archive (.keras), nor HDF5 (.h5), nor the ` +
      `${modelJsonPath} of a tfjs-layers model.`,
  );
}

/**
 * Opens a model file, or the folder of a tfjs-layers model; what it is shows in its first bytes.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export async function openSource(path: string): Promise<ModelSource> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (cause) {
    const what = `${path} can't be read: ${messageOf(cause)}`;
    throw new ModelError('MODEL_FILE_MISSING', what, cause);
  }
  return await openFile(isFolder ? join(path, modelJsonPath) : path);
}
