import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalSchema } from '../../../src/wire/canonical-schema.js';
import { crc64Avro } from '../../../src/wire/crc64-avro.js';
import { WireError } from '../../../src/wire/errors.js';
import { fixture } from './fixtures.js';

interface CanonicalForm {
  readonly schema: unknown;
  readonly canonical: string;
  readonly fingerprint: string;
}

describe('the fingerprint of a schema', () => {
  // The signed numbers that the Avro project's share/test/data/schema-tests.txt gives, which its
  // Java implementation computed.
  const published: [unknown, bigint][] = [
    ['null', 7195948357588979594n],
    [{ type: 'boolean' }, -6970731678124411036n],
    ['int', 8247732601305521295n],
    ['long', -3434872931120570953n],
    ['float', 5583340709985441680n],
    ['double', -8181574048448539266n],
    ['bytes', 5746618253357095269n],
    [{ type: 'string' }, -8142146995180207161n],
    [[], -1241056759729112623n],
    [['int', { type: 'boolean' }], 5392556393470105090n],
    [{ fields: [], type: 'record', name: 'foo' }, -4824392279771201922n],
    [{ fields: [], type: 'record', name: 'foo', namespace: 'x.y' }, 5916914534497305771n],
    [{ fields: [], type: 'record', name: 'a.b.foo', namespace: 'x.y' }, -4616218487480524110n],
    [
      { fields: [], type: 'record', name: 'foo', doc: 'foo', aliases: ['foo', 'bar'] },
      -4824392279771201922n,
    ],
    [
      { fields: [{ type: { type: 'boolean' }, name: 'f1' }], type: 'record', name: 'foo' },
      7843277075252814651n,
    ],
    [
      {
        fields: [
          { type: 'boolean', aliases: [], name: 'f1', default: 'true' },
          { order: 'descending', name: 'f2', doc: 'Hello', type: 'int' },
        ],
        type: 'record',
        name: 'foo',
      },
      -4860222112080293046n,
    ],
    [
      { namespace: 'x.y.z', type: 'enum', name: 'foo', symbols: ['A1', 'A2'] },
      -4448647247586288245n,
    ],
    [{ namespace: 'x.y.z', type: 'fixed', name: 'foo', size: 32 }, -3064184465700546786n],
    [{ items: { type: 'null' }, type: 'array' }, -589620603366471059n],
    [{ values: 'string', type: 'map' }, -8732877298790414990n],
    [
      {
        name: 'PigValue',
        type: 'record',
        fields: [{ name: 'value', type: ['null', 'int', 'long', 'PigValue'] }],
      },
      -1759257747318642341n,
    ],
  ];
  for (const [schema, expected] of published) {
    it(`of ${JSON.stringify(schema)} is the Avro project's`, () => {
      assert.equal(BigInt.asIntN(64, fingerprintOf(schema)), expected);
    });
  }

  it('of "int" is 7275d51a3f395c8f', () => {
    assert.equal(fingerprintOf('int').toString(16), '7275d51a3f395c8f');
  });

  for (const { schema, canonical, fingerprint } of fixture(
    'canonical-forms.json',
  ) as CanonicalForm[]) {
    it(`and the canonical form of ${JSON.stringify(schema)} are fastavro's`, () => {
      assert.equal(JSON.stringify(canonicalSchema(schema)), canonical);
      assert.equal(fingerprintOf(schema).toString(16).padStart(16, '0'), fingerprint);
    });
  }
});

describe('the canonical form', () => {
  it('gives types within a record its namespace, unless they have their own', () => {
    const schema = {
      type: 'record',
      name: 'a.b.Outer',
      fields: [
        { name: 'x', type: { type: 'fixed', name: 'In', size: 1 } },
        { name: 'y', type: { type: 'fixed', name: 'Out', namespace: '', size: 2 } },
        { name: 'z', type: ['In', 'a.b.In'] },
      ],
    };
    assert.deepEqual(canonicalSchema(schema), {
      name: 'a.b.Outer',
      type: 'record',
      fields: [
        { name: 'x', type: { name: 'a.b.In', type: 'fixed', size: 1 } },
        { name: 'y', type: { name: 'Out', type: 'fixed', size: 2 } },
        { name: 'z', type: ['a.b.In', 'a.b.In'] },
      ],
    });
  });

  for (const schema of [
    null,
    7,
    'undefinedName',
    { type: 'record', name: 'r' },
    { type: 'record', name: 'bad name', fields: [] },
    { type: 'record', name: 'r', fields: [{ name: 'f(){}', type: 'int' }] },
    { type: 'enum', name: 'e', symbols: ['shuffle+zstd'] },
    { type: 'fixed', name: 'f', size: -1 },
    { type: 'array' },
    [
      { type: 'fixed', name: 'f', size: 1 },
      { type: 'fixed', name: 'f', size: 1 },
    ],
  ]) {
    it(`of ${JSON.stringify(schema)} does not exist`, () => {
      assert.throws(
        () => canonicalSchema(schema),
        (thrown) => thrown instanceof WireError && thrown.code === 'INVALID_SCHEMA',
      );
    });
  }
});

function fingerprintOf(schema: unknown): bigint {
  return crc64Avro(Buffer.from(JSON.stringify(canonicalSchema(schema))));
}
