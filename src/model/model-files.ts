import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../errors.js';
import { ModelError } from './errors.js';
import { parseProblem } from '../parse-problem.js';

/**
 * The files of a model, by their path inside its folder: `model.json` and the weight files it
 * names (tfjs-layers' own format), and `grid.json`, which says what the cells are.
 */
export type ModelFiles = ReadonlyMap<string, Buffer>;

/** Architecture and list of weights, as `tf.loadLayersModel` reads it. */
export const modelJsonPath = 'model.json';
/** The grid of cells that the network's ids refer to. */
export const gridPath = 'grid.json';

const manifestSchema = z.object({
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.int().nonnegative()),
          dtype: z.enum(['float32', 'int32', 'bool', 'string', 'complex64']),
          quantization: z.unknown().optional(),
        }),
      ),
    }),
  ),
  modelTopology: z.unknown().optional(),
});

/** `model.json`, parsed as far as every model has it. */
export type ModelJson = z.infer<typeof manifestSchema>;

/**
 * The file at a path.
 * @throws {ModelError} MODEL_FILE_MISSING
 */
export function fileOf(files: ModelFiles, path: string): Buffer {
  const file = files.get(path);
  if (file === undefined) {
    const there = [...files.keys()].join(', ') || 'none';
    throw new ModelError(
      'MODEL_FILE_MISSING',
      `The model has no ${path}; its files are: ${there}.`,
    );
  }
  return file;
}

/**
 * The model's `model.json`.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID
 */
export function parseModelJson(files: ModelFiles): ModelJson {
  const text = fileOf(files, modelJsonPath).toString('utf8');
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    const what = parseProblem(cause);
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `${modelJsonPath} is no model that tfjs-layers saved: ${what}`,
      cause,
    );
  }
}

async function readModelFile(folder: string, path: string): Promise<Buffer> {
  if (path !== basename(path)) {
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `${modelJsonPath} names ${path}, which is no plain file name.`,
    );
  }
  try {
    return await readFile(join(folder, path));
  } catch (cause) {
    throw new ModelError(
      'MODEL_FILE_MISSING',
      `${join(folder, path)} can't be read: ${messageOf(cause)}. ` +
        'A model folder has model.json, the weight files that it names, and grid.json; "stagecoach train" and "stagecoach import" make one.',
      cause,
    );
  }
}

/**
 * Reads a model's folder: `model.json`, the weight files that it names, and `grid.json` if there is
 * one. Other files, such as a model card, are no part of the model.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID
 */
export async function loadModelFiles(folder: string): Promise<ModelFiles> {
  const modelJson = await readModelFile(folder, modelJsonPath);
  const { weightsManifest } = parseModelJson(new Map([[modelJsonPath, modelJson]]));
  const paths = weightsManifest.flatMap((group) => group.paths);
  if ((await readdir(folder)).includes(gridPath)) paths.push(gridPath);
  const files = new Map([[modelJsonPath, modelJson]]);
  for (const path of paths) files.set(path, await readModelFile(folder, path));
  return files;
}

async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Writes a model into a folder, beside what else is in it. All is first written elsewhere on the
 * same disk and then renamed, `model.json` last: no reader ever sees half a file.
 */
export async function saveModelFiles(files: ModelFiles, folder: string): Promise<void> {
  const draft = join(dirname(folder), `.${basename(folder)}.${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  await mkdir(folder, { recursive: true });
  try {
    for (const [path, bytes] of files) await writeSynced(join(draft, path), bytes);
    const paths = [...files.keys()].sort(
      (a, b) => Number(a === modelJsonPath) - Number(b === modelJsonPath),
    );
    for (const path of paths) await rename(join(draft, path), join(folder, path));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * The name of a model: SHA-256, in hex, of the list that `sha256sum` prints for its files in the
 * order of their names. Architecture, weights and grid are in it, so two models with the same
 * digest give the same predictions.
 * @example
 * // The same from a shell, inside the model's folder:
 * // LC_ALL=C sha256sum grid.json model.json weights.bin | sha256sum
 */
export function modelDigest(files: ModelFiles): string {
  const sha256 = (bytes: Buffer | string): string =>
    createHash('sha256').update(bytes).digest('hex');
  const list = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`);
  return sha256(list.join(''));
}
