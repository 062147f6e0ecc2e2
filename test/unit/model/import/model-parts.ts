import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import h5wasm from 'h5wasm';
import { importModel } from '../../../../src/model/import/import-model.js';
import { readKerasArchive } from '../../../../src/model/import/keras-archive.js';
import { vectorDir } from './keras-vectors.js';
import { zipOf } from './zip-writer.js';
import type { ImportedModel } from '../../../../src/model/import/import-model.js';
import type { KerasArchive } from '../../../../src/model/import/keras-archive.js';

/** The bytes of a model that Keras saved. */
export function vectorBytes(file: string): Buffer {
  return readFileSync(join(vectorDir, file));
}

/** The files in the `.keras` file of a model that Keras saved. */
export function partsOf(name: string): Promise<KerasArchive> {
  return readKerasArchive(vectorBytes(`${name}.keras`));
}

/** A `.keras` file of such parts. */
export function archiveOf(parts: Partial<KerasArchive>): Buffer {
  return zipOf(Object.entries(parts).map(([name, data]) => ({ name, data })));
}

/** Imports a file with these bytes. */
export async function importBytes(bytes: Buffer): Promise<ImportedModel> {
  const folder = await mkdtemp(join(tmpdir(), 'stagecoach-import-'));
  try {
    const path = join(folder, 'model');
    await writeFile(path, bytes);
    return await importModel(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An HDF5 file, written by the HDF5 library itself. */
export async function hdf5Of(
  fill: (file: InstanceType<typeof h5wasm.File>) => void,
): Promise<Buffer> {
  const { FS } = await h5wasm.ready;
  const path = '/made-by-a-test.h5';
  const file = new h5wasm.File(path, 'w');
  fill(file);
  file.close();
  const bytes = Buffer.from(FS.readFile(path));
  FS.unlink(path);
  return bytes;
}
