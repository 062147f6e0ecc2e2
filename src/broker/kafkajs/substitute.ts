import { createRequire } from 'node:module';
import { ConfigError } from '../../errors.js';

/** Loads modules of kafkajs that are not public. */
export const require = createRequire(import.meta.url);

/** @throws {ConfigError} to be thrown where kafkajs is not what the fixes are written for */
export function laidOutOtherwise(): ConfigError {
  return new ConfigError(
    'kafkajs is not laid out as version 2.2.4 is: install the exact versions of package-lock.json with "npm run setup".',
  );
}

/**
 * Puts something in the place of a module of kafkajs that exports one function. It has to be done
 * before kafkajs is loaded.
 *
 * @param path such as `kafkajs/src/producer/sendMessages.js`
 * @throws {ConfigError} where there is no such module
 */
export function substitute<Made extends (...args: never[]) => unknown>(
  path: string,
  make: (original: Made) => Made,
): void {
  const file = require.resolve(path);
  const original: unknown = require(file);
  const cached = require.cache[file];
  if (typeof original !== 'function' || cached === undefined) throw laidOutOtherwise();
  cached.exports = make(original as Made);
}
