import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that holds the schemas, and the sources of the tests with their fixtures. */
export const projectFolder = folderWith('schemas', import.meta.dirname);

/** Golden records in hexadecimal by `schema.vN/case`: fixtures/make.py lets fastavro write them. */
export const goldenRecords: ReadonlyMap<string, Buffer> = new Map(
  Object.entries(fixture('golden.json') as Record<string, string>).map(([name, hex]) => [
    name,
    Buffer.from(hex, 'hex'),
  ]),
);

/** What a fixture file of fixtures/make.py holds. */
export function fixture(file: string): unknown {
  return JSON.parse(
    readFileSync(join(projectFolder, 'test/unit/wire/fixtures', file), 'utf8'),
  ) as unknown;
}

/** The golden record of a case. */
export function goldenRecord(name: string): Buffer {
  const record = goldenRecords.get(name);
  if (record === undefined) throw new Error(`fixtures/golden.json has no ${name}`);
  return record;
}

function folderWith(child: string, from: string): string {
  return existsSync(join(from, child)) ? from : folderWith(child, join(from, '..'));
}
