import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { soak } from '../../bench/soak/soak.js';
import { assertFinite, tableOf } from './bench-report.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';

describe('bench soak', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
    process.env.KAFKA_BROKERS = fixture.brokers.join(',');
  });
  after(() => fixture.stop());

  it('has the memory of every process and the latency over time, and nothing is lost', async () => {
    const report = await soak(true);
    assertFinite(report);
    const processes = tableOf(report, /^Resident memory/).map(({ what }) => what);
    const workers = ['fleet', 'sink-0', 'stage-1-0', 'stage-2-0', 'stage-3-0', 'windower-0'];
    assert.deepEqual(
      processes.filter((name) => name !== 'broker'),
      workers,
    );
    // A container's memory is not looked at.
    assert.equal(processes.includes('broker'), fixture.how === 'java');
    assert.deepEqual(
      tableOf(report, /^Latency/).map(({ what }) => what),
      ['p50', 'p99'],
    );
    const [verdict] = tableOf(report, /^What the referee/);
    assert(Number(verdict?.expected) > 0);
    assert.equal(verdict?.observed, verdict?.expected);
    for (const fault of ['missing', 'repeated', 'outOfOrder', 'altered', 'unexpected']) {
      assert.equal(verdict?.[fault], 0, fault);
    }
  });
});
