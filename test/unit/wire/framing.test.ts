import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toConfluentFraming } from '../../../src/wire/framing.js';
import { decodeGeoFixRecord } from '../../../src/wire/geo-fix.js';
import { decodePrediction } from '../../../src/wire/prediction.js';
import { SchemaSet, knownSchemas, newestSchema } from '../../../src/wire/schema-set.js';
import { WireSchema } from '../../../src/wire/wire-schema.js';
import { goldenRecord } from './fixtures.js';
import { goldenValues } from './golden-values.js';

const record = goldenRecord('geo-fix.v1/full');
const value = goldenValues['geo-fix.v1/full']?.decoded;

describe('a fix is known by its first byte', () => {
  it('as Avro in single-object encoding', () => {
    assert.equal(record.toString('hex', 0, 2), 'c301');
    assert.deepEqual(decodeGeoFixRecord(record), value);
  });

  it("as Avro in a schema registry's framing", () => {
    const framed = toConfluentFraming(record, 258);
    assert.equal(framed.toString('hex', 0, 5), '0000000102');
    assert.deepEqual(framed.subarray(5), record.subarray(10));
    const asked: number[] = [];
    const schemaOfId = (id: number): WireSchema => {
      asked.push(id);
      return newestSchema('geo-fix');
    };
    assert.deepEqual(decodeGeoFixRecord(framed, { schemaOfId }), value);
    assert.deepEqual(asked, [258]);
  });

  it('as a JSON object, passed on as it is', () => {
    const line = ' {"vehicleId":"대전30바1234","eventTime":"2024-03-04T00:00:00+09:00","x":1}\r\n';
    assert.deepEqual(decodeGeoFixRecord(new TextEncoder().encode(line)), {
      vehicleId: '대전30바1234',
      eventTime: '2024-03-04T00:00:00+09:00',
      x: 1,
    });
  });

  const refused: Record<string, [Buffer, string]> = {
    'no bytes': [Buffer.alloc(0), 'UNKNOWN_FORMAT'],
    'text that is not JSON': [Buffer.from('hello'), 'UNKNOWN_FORMAT'],
    'JSON that breaks off': [Buffer.from('{"vehicleId":'), 'INVALID_RECORD'],
    'JSON that is not UTF-8': [Buffer.from('{"vehicleId":"\xe9"}', 'latin1'), 'INVALID_RECORD'],
    'JSON that is no object': [Buffer.from(' [1]'), 'INVALID_RECORD'],
    'a fingerprint that nobody knows': [
      Buffer.from('c301ffffffffffffffff00', 'hex'),
      'UNKNOWN_FINGERPRINT',
    ],
    'a registry id without a registry': [Buffer.from('000000000700', 'hex'), 'UNKNOWN_FINGERPRINT'],
    'a header that breaks off': [Buffer.from('c301ff', 'hex'), 'UNKNOWN_FORMAT'],
    'a record of another kind': [goldenRecord('prediction.v1/top-2'), 'WRONG_SCHEMA'],
  };
  for (const [what, [bytes, code]] of Object.entries(refused)) {
    it(`${what}: ${code}`, () => {
      assert.throws(() => decodeGeoFixRecord(bytes), { code, disposition: 'deadLetter' });
    });
  }

  it('and JSON is for fixes only', () => {
    assert.throws(() => decodePrediction(Buffer.from('{}')), { code: 'UNKNOWN_FORMAT' });
  });
});

describe("a writer's schema", () => {
  const foreign = {
    type: 'record',
    name: 'com.example.GeoFix',
    fields: [
      { name: 'longitude', type: 'float' },
      { name: 'latitude', type: 'float' },
      { name: 'eventTime', type: 'long' },
      { name: 'vehicleId', type: 'string' },
      { name: 'passengers', type: { type: 'map', values: 'int' } },
    ],
  };
  const written = { longitude: 127.5, latitude: 36.5, eventTime: 7, vehicleId: 'b' };

  it('that is added while the program runs is understood from then on', () => {
    const schemas = new SchemaSet(knownSchemas);
    const bytes = new WireSchema(foreign).encode({ ...written, passengers: { adults: 2 } }, 8);
    assert.throws(() => decodeGeoFixRecord(bytes, { schemas }), { code: 'UNKNOWN_FINGERPRINT' });
    const added = schemas.add(foreign);
    assert.deepEqual(decodeGeoFixRecord(bytes, { schemas }), {
      ...written,
      speed: null,
      bearing: null,
      accuracy: null,
      source: null,
    });
    assert.equal(schemas.add(foreign), added);
    assert.equal(schemas.get(added.fingerprint), added);
    assert.equal(knownSchemas.get(added.fingerprint), undefined);
  });

  it('that lacks what a fix must have can not be read as one', () => {
    const schemas = new SchemaSet();
    const poor = schemas.add({ ...foreign, fields: foreign.fields.slice(0, 3) });
    const bytes = poor.encode(written, 8);
    assert.throws(() => decodeGeoFixRecord(bytes, { schemas }), { code: 'WRONG_SCHEMA' });
  });

  it('must be a record', () => {
    assert.throws(() => new WireSchema('int'), { code: 'INVALID_SCHEMA' });
  });
});

describe('a value that does not fit its schema', () => {
  it('is named, when it is written', () => {
    const schema = newestSchema('prediction');
    const value = { ...(goldenValues['prediction.v1/top-2']?.decoded as object), offset: 2 ** 53 };
    assert.throws(() => schema.encode({ ...value, eventTime: 0 }, 64), {
      code: 'INVALID_RECORD',
      disposition: 'fatal',
      message: /Prediction\.offset must be an integer below 2\^53, not 9007199254740992/,
    });
  });
});
