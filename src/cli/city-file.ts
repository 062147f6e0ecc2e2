import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ConfigError, messageOf } from '../errors.js';
import { parseCity } from '../geo/city.js';
import type { City } from '../geo/city.js';

/** A city, and the SHA-256 (hex) of its file and of those that it names. */
export interface ReadCity {
  readonly city: City;
  readonly digest: string;
}

const gzipMagic = 0x1f8b;

/**
 * Reads a file of JSON, gzipped or not, that is a city file or named by one.
 *
 * @param onBytes is given what is in the file
 * @throws {ConfigError} CONFIG where the file can't be read or is no JSON
 */
export function readJsonFile(
  file: string,
  onBytes: (bytes: Buffer) => void = () => undefined,
): unknown {
  try {
    const bytes = readFileSync(file);
    onBytes(bytes);
    const isGzip = bytes.length > 2 && bytes.readUInt16BE(0) === gzipMagic;
    return JSON.parse((isGzip ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    throw new ConfigError(
      `The file ${file} can't be read as JSON: ${messageOf(error)}. A city file and what it names are JSON, gzipped or not; docs/training.md shows one.`,
      error,
    );
  }
}

/**
 * Reads a city file, and the area and roads that it names by paths relative to its own folder,
 * gzipped or not.
 * @throws {ConfigError} CONFIG where the file can't be read or is no JSON
 * @throws {CityError} INVALID_CITY with all that is wrong in it
 */
export function readCity(path: string): ReadCity {
  const hash = createHash('sha256');
  const readJson = (file: string): unknown =>
    readJsonFile(file, (bytes) => hash.update(`${bytes.length} `).update(bytes));
  const json = readJson(path);
  const city = parseCity(json, (named) => readJson(resolve(dirname(path), named)));
  return { city, digest: hash.digest('hex') };
}
