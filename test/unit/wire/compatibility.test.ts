import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { frameOf } from '../../../src/wire/framing.js';
import { readSchemas, shippedSchemas } from '../../../src/wire/schema-set.js';
import { WireSchema } from '../../../src/wire/wire-schema.js';
import { fixture, goldenRecord, goldenRecords, projectFolder } from './fixtures.js';

const schemasFolder = join(projectFolder, 'schemas');
const released = fixture('released.json') as Record<
  string,
  { readonly sha256: string; readonly fingerprint: string }
>;

describe('released schemas', () => {
  it('are every file in schemas/, and none is missing', () => {
    const files = readdirSync(schemasFolder).filter((file) => file.endsWith('.avsc'));
    assert.deepEqual(files.sort(), Object.keys(released).sort());
    assert.equal(readSchemas(schemasFolder).length, files.length, 'a file is not name.vN.avsc');
  });

  for (const [file, { sha256 }] of Object.entries(released)) {
    it(`${file} never changes`, () => {
      const text = readFileSync(join(schemasFolder, file));
      assert.equal(createHash('sha256').update(text).digest('hex'), sha256);
    });
  }

  for (const { name, version, schema } of shippedSchemas) {
    it(`${name}.v${version} has the fingerprint that fastavro gives it`, () => {
      assert.equal(schema.fingerprint, released[`${name}.v${version}.avsc`]?.fingerprint);
    });

    it(`${name}.v${version} is documented and can be evolved`, () => {
      const defects: string[] = [];
      visit(JSON.parse(schema.json), '', defects);
      assert.deepEqual(defects, []);
    });
  }

  it('have versions without a gap, and one record name each', () => {
    for (const { name, version, schema } of shippedSchemas) {
      const first = shippedSchemas.find((other) => other.name === name);
      assert.equal(schema.fullName, first?.schema.fullName);
      assert.ok(version === 1 || versionsOf(name).includes(version - 1));
    }
  });
});

describe('versions of a schema', () => {
  for (const [name, record] of goldenRecords) {
    const [schemaName = '', version = ''] = name.split(/\.v|\//);
    const writer = schemaOf(schemaName, Number(version));
    for (const reader of versionsOf(schemaName)) {
      it(`v${reader} reads ${name}`, () => {
        assert.ok(writer.decode(record, 10, schemaOf(schemaName, reader)) !== undefined);
      });
    }
  }

  it('would be found incompatible if a new one lacked a default', () => {
    const old = schemaOf('geo-fix', 1);
    const json = JSON.parse(old.json) as { fields: unknown[] };
    const next = new WireSchema({ ...json, fields: [...json.fields, { name: 'x', type: 'int' }] });
    const record = goldenRecord('geo-fix.v1/least');
    assert.throws(() => old.decode(record, 10, next), { code: 'WRONG_SCHEMA' });
  });

  it('resolve: a field with a default may come, an optional one may go', () => {
    const old = schemaOf('geo-fix', 1);
    const json = JSON.parse(old.json) as { fields: { name: string }[] };
    const next = new WireSchema({
      ...json,
      fields: [
        ...json.fields.filter(({ name }) => name !== 'speed'),
        { name: 'altitude', type: ['null', 'double'], default: null },
      ],
    });
    const forward = old.decode(goldenRecord('geo-fix.v1/full'), 10, next);
    assert.deepEqual(
      { ...(forward as object) },
      {
        vehicleId: '대전30바1234',
        eventTime: 1709478000000,
        latitude: 36.3504,
        longitude: 127.3845,
        bearing: 270,
        accuracy: 4.25,
        source: 'fleet',
        altitude: null,
      },
    );
    const newer = next.encode(forward, 100);
    const frame = frameOf(newer);
    assert.ok(frame.kind === 'singleObject' && frame.fingerprint === next.fingerprint);
    const back = next.decode(newer, frame.bodyStart, old) as Record<string, unknown>;
    assert.equal(back['speed'], null);
    assert.equal(back['bearing'], 270);
  });
});

function schemaOf(name: string, version: number): WireSchema {
  const found = shippedSchemas.find((other) => other.name === name && other.version === version);
  assert.ok(found, `schemas/${name}.v${version}.avsc is missing`);
  return found.schema;
}

function versionsOf(name: string): number[] {
  return shippedSchemas.filter((other) => other.name === name).map(({ version }) => version);
}

/** Enums need a default symbol, fields a text, or later versions can't be made or understood. */
function visit(schema: unknown, path: string, defects: string[]): void {
  if (Array.isArray(schema)) {
    for (const branch of schema) visit(branch, path, defects);
    return;
  }
  if (typeof schema !== 'object' || schema === null) return;
  const { type, items, fields, ...rest } = schema as Record<string, unknown>;
  if (type === 'enum' && rest['default'] === undefined) defects.push(`${path}: no default symbol`);
  if (type === 'map') defects.push(`${path}: the order of a map is nobody's: take an array`);
  visit(type, path, defects);
  visit(items, path, defects);
  if (!Array.isArray(fields)) return;
  for (const field of fields as Record<string, unknown>[]) {
    const fieldPath = `${path}/${String(field['name'])}`;
    if (typeof field['doc'] !== 'string' && !('symbols' in field)) {
      defects.push(`${fieldPath}: no doc`);
    }
    visit(field['type'], fieldPath, defects);
  }
}
