import assert from 'node:assert/strict';
import { describe, it, before } from 'node:test';
import { shippedSchemas } from '../../../src/wire/schema-set.js';
import { ready } from '../../../src/wire/zstd.js';
import { goldenRecords } from './fixtures.js';
import { decoders, goldenValues } from './golden-values.js';

// The bytes were written by fastavro from values in fixtures/make.py, the expected values are
// written by hand in golden-values.ts.
describe('records written by another Avro implementation', () => {
  before(ready);

  for (const [name, record] of goldenRecords) {
    const [schemaName = '', version = ''] = name.split(/\.v|\//);
    const golden = goldenValues[name];

    it(`${name} decodes to the value it was made from`, () => {
      assert.ok(golden, `golden-values.ts lacks ${name}`);
      assert.deepEqual(decoders[schemaName]?.(record), golden.decoded);
    });

    const encode = golden?.encode;
    if (encode === undefined || !isNewest(schemaName, Number(version))) continue;
    it(`${name} is encoded to the same bytes`, () => {
      assert.equal(encode().toString('hex'), record.toString('hex'));
    });
  }

  it('there are some of every version of every schema', () => {
    const versions = new Set([...goldenRecords.keys()].map((name) => name.split('/')[0]));
    for (const { name, version } of shippedSchemas) {
      assert.ok(versions.has(`${name}.v${version}`), `fixtures/make.py lacks ${name}.v${version}`);
    }
  });

  it('every value that is expected of a golden record has its record', () => {
    assert.deepEqual(Object.keys(goldenValues).sort(), [...goldenRecords.keys()].sort());
  });
});

function isNewest(name: string, version: number): boolean {
  return shippedSchemas.findLast((shipped) => shipped.name === name)?.version === version;
}
