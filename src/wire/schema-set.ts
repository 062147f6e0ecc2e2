import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../project-dir.js';
import { WireError } from './errors.js';
import { WireSchema } from './wire-schema.js';

/**
 * The writer's schemas that a reader knows, by fingerprint: those that it ships with, and others
 * that are added while it runs.
 */
export class SchemaSet implements Iterable<WireSchema> {
  readonly #byFingerprint = new Map<string, WireSchema>();

  constructor(schemas: Iterable<WireSchema> = []) {
    for (const schema of schemas) this.#byFingerprint.set(schema.fingerprint, schema);
  }

  /**
   * Makes a schema known, unless it already is.
   *
   * @param schema The schema as parsed JSON; a record.
   * @throws {WireError} INVALID_SCHEMA
   */
  add(schema: unknown): WireSchema {
    const added = new WireSchema(schema);
    const known = this.#byFingerprint.get(added.fingerprint);
    if (known !== undefined) return known;
    this.#byFingerprint.set(added.fingerprint, added);
    return added;
  }

  /** The schema with this fingerprint: 16 hexadecimal digits, most significant first. */
  get(fingerprint: string): WireSchema | undefined {
    return this.#byFingerprint.get(fingerprint);
  }

  [Symbol.iterator](): Iterator<WireSchema> {
    return this.#byFingerprint.values();
  }
}

/** A schema file of `schemas/`. */
export interface ShippedSchema {
  /** Such as `geo-fix`. */
  readonly name: string;
  /** From 1. */
  readonly version: number;
  readonly schema: WireSchema;
}

/** The schemas in a folder, by name and then by version; the files are called `name.vN.avsc`. */
export function readSchemas(folder: string): ShippedSchema[] {
  const shipped: ShippedSchema[] = [];
  for (const file of readdirSync(folder)) {
    const [, name, version] = /^([a-z-]+)\.v([1-9]\d*)\.avsc$/.exec(file) ?? [];
    if (name === undefined) continue;
    const json: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    shipped.push({ name, version: Number(version), schema: new WireSchema(json) });
  }
  return shipped.sort((a, b) => a.name.localeCompare(b.name) || a.version - b.version);
}

/** The schemas that this program ships with, of every version. */
export const shippedSchemas: readonly ShippedSchema[] = readSchemas(join(projectDir(), 'schemas'));

/**
 * What this process knows when nothing else is said. Schemas that arrive on the control topic are
 * added to it.
 */
export const knownSchemas = new SchemaSet(shippedSchemas.map(({ schema }) => schema));

/** The newest version of a shipped schema: the one that is written. */
export function newestSchema(name: string): WireSchema {
  const newest = shippedSchemas.findLast((shipped) => shipped.name === name);
  if (newest === undefined) {
    throw new WireError('INVALID_SCHEMA', `schemas/${name}.v1.avsc is missing.`, {
      disposition: 'fatal',
    });
  }
  return newest.schema;
}
