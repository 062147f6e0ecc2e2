import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { LaneRecord } from '../../../src/broker/lane-record.js';
import type { OutgoingRecord } from '../../../src/broker/lane-writer.js';
import { learnSchemas, publishSchemas } from '../../../src/control/schema-store.js';
import { projectDir } from '../../../src/project-dir.js';
import { decodePlanRecord } from '../../../src/wire/partition-plan.js';
import { newestSchema, SchemaSet } from '../../../src/wire/schema-set.js';
import { WireSchema } from '../../../src/wire/wire-schema.js';

const topic = 'taxi.control';

/** A topic in memory, with the methods of a log and a writer. */
class Topic {
  readonly records: OutgoingRecord[] = [];
  sends = 0;

  get laneLog() {
    return {
      bounds: () => Promise.resolve({ begin: [0], end: [this.records.length] }),
      read: this.#read.bind(this),
    };
  }

  send(name: string, lane: number, records: readonly OutgoingRecord[]): Promise<void> {
    assert.deepEqual([name, lane], [topic, 0]);
    this.sends += 1;
    this.records.push(...records);
    return Promise.resolve();
  }

  put(key: string, value: string | Buffer): void {
    this.records.push({ key, value: Buffer.from(value) });
  }

  async *#read(): AsyncGenerator<LaneRecord> {
    for (const [offset, { key, value }] of this.records.entries()) {
      const found = { key: key === null ? null : Buffer.from(key), value };
      yield await Promise.resolve({ lane: 0, offset, timestampMs: 0, headers: {}, ...found });
    }
  }
}

/** Keeps what is warned of. */
function listener() {
  const warned: unknown[] = [];
  return { warned, log: { warn: (fields: unknown) => void warned.push(fields) } };
}

const planSchema = newestSchema('partition-plan');

/** A plan's schema of a version to come, and a plan written with it. */
function planOfTheFuture(): { schema: WireSchema; record: Buffer } {
  const { fields, ...json } = JSON.parse(planSchema.json) as { fields: unknown[] };
  const field = { name: 'owners', type: { type: 'array', items: 'string' }, default: [] };
  const schema = new WireSchema({ ...json, fields: [...fields, field] });
  const record = schema.encode(
    {
      name: 'p9',
      pipeline: 'taxi',
      modelDigest: 'ab',
      lanes: 6,
      topK: 5,
      encoding: 'raw',
      strategy: 'even',
      cuts: [7, 14],
      startOffsets: [0, 0, 0, 0, 0, 0],
      rules: { steps: 20, tripGapMs: 1, maxSpeedKmh: 250, maxFutureMs: 2, memoryMs: 3 },
      createdAt: 4,
      stages: [],
      predictedItemsPerS: 0,
      predictedLatencyMs: 0,
      owners: ['alpha', 'beta'],
    },
    500,
  );
  return { schema, record };
}

describe('schemas on the control topic', () => {
  it('are those of every file in schemas/, under their fingerprints, each once', async () => {
    const control = new Topic();
    await publishSchemas({ writer: control, laneLog: control.laneLog }, topic);
    const files = readdirSync(join(projectDir(), 'schemas'));
    assert.equal(control.records.length, files.length);
    for (const { key, value } of control.records) {
      const { fingerprint } = new WireSchema(JSON.parse(value.toString()));
      assert.equal(key, `schema/${fingerprint}`);
    }
    await publishSchemas({ writer: control, laneLog: control.laneLog }, topic);
    assert.equal(control.sends, 1);
  });

  it('let an older program read a plan that a newer one has written', async () => {
    const { schema, record } = planOfTheFuture();
    const schemas = new SchemaSet([planSchema]);
    assert.throws(() => decodePlanRecord(record, { schemas }), { code: 'UNKNOWN_FINGERPRINT' });
    const control = new Topic();
    control.put('plan/p9', record);
    control.put(`schema/${schema.fingerprint}`, schema.json);
    const { warned, log } = listener();
    await learnSchemas(control.laneLog, topic, log, schemas);
    const plan = decodePlanRecord(record, { schemas });
    assert.deepEqual([plan.name, plan.cuts, plan.rules.memoryMs], ['p9', [7, 14], 3]);
    assert.deepEqual(warned, []);
  });

  it('that are broken are named and left out, and those behind them are learnt', async () => {
    const { schema } = planOfTheFuture();
    const broken = {
      'schema/0000000000000001': '{"type": "rec',
      'schema/0000000000000002': '{"type": "record", "name": "f(){}", "fields": []}',
      'schema/0000000000000003': '"int"',
      // A schema, but not of that fingerprint.
      'schema/0000000000000004': schema.json,
    };
    const control = new Topic();
    for (const [key, value] of Object.entries(broken)) control.put(key, value);
    control.put(`schema/${schema.fingerprint}`, schema.json);
    const schemas = new SchemaSet();
    const { warned, log } = listener();
    await learnSchemas(control.laneLog, topic, log, schemas);
    assert.deepEqual(
      warned,
      Object.keys(broken).map((key) => ({ topic, key })),
    );
    assert.deepEqual(
      [...schemas].map(({ fingerprint }) => fingerprint),
      [schema.fingerprint],
    );
  });
});
