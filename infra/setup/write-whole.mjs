import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file so that it is there as a whole or not at all, whenever the process is ended. */
export function writeWhole(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`;
  writeFileSync(part, content);
  renameSync(part, path);
}

/**
 * Fills a folder so that it is there as a whole or not at all.
 * @param {string} path
 * @param {(part: string) => Promise<void>} fill gets an empty folder beside `path`
 */
export async function fillFolder(path, fill) {
  const part = `${path}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  await fill(part);
  rmSync(path, { recursive: true, force: true });
  renameSync(part, path);
}
