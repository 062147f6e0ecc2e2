import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { shippedSchemas } from '../../../src/wire/schema-set.js';
import { projectFolder } from './fixtures.js';

const text = readFileSync(join(projectFolder, 'docs/wire-format.md'), 'utf8');

describe('docs/wire-format.md', () => {
  it('has the fingerprint of every schema, and no other', () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| (\d+) +\| `([0-9a-f]{16})` +\|$/gm)];
    assert.deepEqual(
      rows.map(([, name, version, fingerprint]) => `${name}.v${version} ${fingerprint}`),
      shippedSchemas.map(
        ({ name, version, schema }) => `${name}.v${version} ${schema.fingerprint}`,
      ),
    );
  });

  it("has the header of the producer's example in the order of the wire", () => {
    const fix = shippedSchemas.findLast(({ name }) => name === 'geo-fix');
    const onWire = Buffer.from(fix?.schema.fingerprint ?? '', 'hex')
      .reverse()
      .toString('hex');
    assert.ok(text.includes(`"c301 ${onWire}"`));
  });

  for (const { name, schema } of shippedSchemas) {
    it(`describes every field of ${schema.name}`, () => {
      const section = new RegExp(`### ${schema.name}\n(.*?)\n##`, 's').exec(text)?.[1] ?? '';
      const { fields } = JSON.parse(schema.json) as { fields: { name: string }[] };
      const missing = fields.filter((field) => !section.includes(`| \`${field.name}\` `));
      assert.deepEqual(missing, [], `of ${name}`);
    });
  }
});
