import { createHash } from 'node:crypto';
import type { LaneLog } from '../broker/lane-log.js';
import type { LaneWriter } from '../broker/lane-writer.js';
import { gridPath, modelDigest, type ModelFiles } from '../model/model-files.js';
import {
  decodeModelManifest,
  encodeModelManifest,
  type ManifestFile,
} from '../wire/model-manifest.js';
import { ControlError } from './errors.js';
import { latestValues, type ReadableLog } from './latest-values.js';

/** Small enough for a broker with default limits. */
const chunkBytes = 512 * 1024;

const manifestKey = (digest: string) => `model/${digest}`;
const cardKey = (digest: string) => `card/${digest}`;
const chunkKey = (sha256: string) => `chunk/${sha256}`;

/** What is to be sent so that a model can be read: its chunks by key, and its files' lists of them. */
interface ChunkedModel {
  readonly files: readonly ManifestFile[];
  readonly chunks: ReadonlyMap<string, Buffer>;
}

function chunked(files: ModelFiles): ChunkedModel {
  const chunks = new Map<string, Buffer>();
  const manifest = [...files].map(([path, bytes]): ManifestFile => {
    const names: string[] = [];
    for (let start = 0; start < bytes.byteLength; start += chunkBytes) {
      const chunk = bytes.subarray(start, start + chunkBytes);
      const name = sha256(chunk);
      names.push(name);
      chunks.set(chunkKey(name), chunk);
    }
    return { path, bytes: bytes.byteLength, chunks: names };
  });
  return { files: manifest, chunks };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Sends to its topic what is not there of a model: chunks named by their SHA-256, and then the
 * manifest that lists them.
 *
 * @returns the model's digest
 */
export async function publishModel(
  io: { readonly writer: LaneWriter; readonly laneLog: LaneLog },
  topic: string,
  name: string,
  files: ModelFiles,
): Promise<string> {
  const digest = modelDigest(files);
  const there = await latestValues(io.laneLog, topic);
  const model = chunked(files);
  for (const [key, value] of model.chunks) {
    if (there.get(key)?.equals(value) !== true) await io.writer.send(topic, 0, [{ key, value }]);
  }
  if (there.has(manifestKey(digest))) return digest;
  const manifest = { digest, name, createdAtMs: Date.now(), files: model.files };
  const value = encodeModelManifest(manifest);
  await io.writer.send(topic, 0, [{ key: manifestKey(digest), value }]);
  return digest;
}

/**
 * Reads a model from its topic. Every chunk and the whole are checked against their digests.
 *
 * @throws {ControlError} where it is not there or not whole
 */
export async function fetchModel(
  laneLog: LaneLog,
  topic: string,
  digest: string,
): Promise<ModelFiles> {
  const there = await latestValues(laneLog, topic);
  const manifest = there.get(manifestKey(digest));
  if (manifest === undefined) {
    throw new ControlError(
      `The model ${digest} is not in ${topic}: "stagecoach up" sends it, or another pipeline has it.`,
    );
  }
  const files = new Map<string, Buffer>();
  for (const { path, chunks } of decodeModelManifest(manifest).files) {
    files.set(path, Buffer.concat(chunks.map((name) => chunkOf(there, name, path, topic))));
  }
  const found = modelDigest(files);
  if (found !== digest) {
    throw new ControlError(`The model ${digest} in ${topic} is damaged: its files give ${found}.`);
  }
  return files;
}

function chunkOf(
  there: ReadonlyMap<string, Buffer>,
  name: string,
  path: string,
  topic: string,
): Buffer {
  const chunk = there.get(chunkKey(name));
  if (chunk !== undefined && sha256(chunk) === name) return chunk;
  const what = chunk === undefined ? 'missing' : 'damaged';
  throw new ControlError(`The chunk ${name} of ${path} is ${what} in ${topic}.`);
}

/** Sends a model's card, unless the same one is there: it tells what to expect of the model. */
export async function publishCard(
  io: { readonly writer: LaneWriter; readonly laneLog: LaneLog },
  topic: string,
  digest: string,
  card: Buffer,
): Promise<void> {
  const key = cardKey(digest);
  const there = (await latestValues(io.laneLog, topic)).get(key);
  if (there?.equals(card) !== true) await io.writer.send(topic, 0, [{ key, value: card }]);
}

/** The card that was sent with a model, as its file is; null where none was. */
export async function fetchCard(
  laneLog: ReadableLog,
  topic: string,
  digest: string,
): Promise<Buffer | null> {
  return (await latestValues(laneLog, topic)).get(cardKey(digest)) ?? null;
}

/**
 * What tells whether the models in a topic are of the same grid: by their digests, the SHA-256s of
 * what each one's grid is made of.
 */
export async function modelGrids(
  laneLog: ReadableLog,
  topic: string,
): Promise<ReadonlyMap<string, string>> {
  const grids = new Map<string, string>();
  for (const [key, value] of await latestValues(laneLog, topic)) {
    if (!key.startsWith(manifestKey(''))) continue;
    const { digest, files } = decodeModelManifest(value);
    const grid = files.find(({ path }) => path === gridPath);
    if (grid !== undefined) grids.set(digest, grid.chunks.join());
  }
  return grids;
}
