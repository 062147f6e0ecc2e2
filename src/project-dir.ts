import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './errors.js';

/**
 * The folder of the project that this file was built into: where `models/`, `data/` and
 * `.stagecoach/` are.
 *
 * @throws {ConfigError} where the built files were moved away from it
 */
export function projectDir(): string {
  for (let dir = import.meta.dirname; dir !== dirname(dir); dir = dirname(dir)) {
    const path = join(dir, 'package.json');
    if (existsSync(path) && readFileSync(path, 'utf8').includes('"name": "stagecoach"')) return dir;
  }
  throw new ConfigError(
    `No folder above ${import.meta.dirname} is that of the project: run the program from where it was built.`,
  );
}
