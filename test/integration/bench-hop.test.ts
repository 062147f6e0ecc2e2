import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hop } from '../../bench/hop/hop.js';
import { assertFinite, tableOf } from './bench-report.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';

describe('bench hop', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
    process.env.KAFKA_BROKERS = fixture.brokers.join(',');
  });
  after(() => fixture.stop());

  it('has the cost of every width and encoding, latency by record size, and the effect of float16', async () => {
    const report = await hop(true);
    assertFinite(report);
    const encodings = ['raw', 'f16', 'zstd', 'shuffle+zstd'];
    const cost = tableOf(report, /^Processor time of a stage/);
    assert.deepEqual(
      cost.map(({ width, encoding }) => `${width} ${encoding}`),
      encodings.map((encoding) => `128 ${encoding}`),
    );
    // 64 items of [20, width] float32, and what is said of the items beside.
    const bytes = 64 * 20 * 128 * 4;
    const [raw, half] = cost.map((row) => 1e3 * Number(row['record kB']));
    assert(raw !== undefined && raw > bytes);
    assert(half !== undefined && half < 0.51 * bytes);
    const latency = tableOf(report, /^Latency/);
    assert.equal(latency.length, encodings.length * 3);
    assert.deepEqual([...new Set(latency.map(({ items }) => items))], [1, 8, 64]);
    const [effect] = tableOf(report, /^What float16/);
    assert.equal(effect?.items, 256);
    assert(Number(effect['largest difference']) > 0);
    assert(Number(effect['largest difference']) < 0.1);
  });
});
