import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { run as fencing } from '../../bench/fencing.js';
import { run as pipeline } from '../../bench/pipeline/pipeline.js';
import { assertFinite, tableOf, withBrokers } from './bench-report.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';

describe('the quick form of', () => {
  let kafka: KafkaFixture;
  before(async () => {
    kafka = await startKafka();
  });
  after(() => kafka.stop());

  it('the pipeline’s bench shows throughput beside the bare engine, latency and memory', async () => {
    const report = await withBrokers(kafka, () => pipeline(true));
    assertFinite(report);
    const [row] = tableOf(report, /^Throughput/);
    const quotient = Number(row?.['predictions/s']) / Number(row?.['bare engine, items/s']);
    assert(Math.abs(quotient - Number(row?.['ratio'])) < 1e-9);
    assert.equal(row?.['as the uncut model'], 'yes');
    const [light] = tableOf(report, /^Latency/);
    assert.equal(light?.['predictions'], 150);
    assert.equal(tableOf(report, /^Memory/).length, 6);
  });

  it('the fencing’s bench compares plain sends, fenced ones and transactions', async () => {
    const report = await withBrokers(kafka, () => fencing(true));
    assertFinite(report);
    const rows = tableOf(report, /^Records acknowledged/);
    assert.equal(rows.length, 18);
    assert.deepEqual(
      new Set(rows.map(({ way }) => way)),
      new Set(['plain send', 'fenced', 'transaction']),
    );
  });
});
