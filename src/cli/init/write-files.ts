import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError, messageOf } from '../../errors.js';

/**
 * Writes files, whole: each is first written beside its place. Nothing else in this process runs
 * meanwhile.
 *
 * @param files texts by their paths; folders are made
 * @throws {ConfigError} where that can't be done
 */
export function writeFiles(files: ReadonlyMap<string, string>): void {
  const drafts = Array.from(files, ([path, text]) => ({ path, text, draft: `${path}.part` }));
  const begun: string[] = [];
  try {
    for (const { path, text, draft } of drafts) {
      mkdirSync(dirname(path), { recursive: true });
      begun.push(draft);
      writeFileSync(draft, text);
    }
    for (const { path, draft } of drafts) renameSync(draft, path);
  } catch (error) {
    throw new ConfigError(`The files can't be written: ${messageOf(error)}.`, error);
  } finally {
    for (const draft of begun) rmSync(draft, { force: true });
  }
}
