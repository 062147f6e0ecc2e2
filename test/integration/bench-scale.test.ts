import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scale } from '../../bench/scale/scale.js';
import { assertFinite, tableOf } from './bench-report.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';

describe('bench scale', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
    process.env.KAFKA_BROKERS = fixture.brokers.join(',');
  });
  after(() => fixture.stop());

  it('has the cost of lanes, vehicles, networks and stages, and loses nothing on the way', async () => {
    const report = await scale(true);
    assertFinite(report);
    assert.deepEqual(
      tableOf(report, /^Lanes/).map(({ worker, lanes, items }) => `${worker} ${lanes} ${items}`),
      ['windower 1 2000', 'windower 12 2000', 'stage 1 768', 'stage 12 768'].concat([
        'sink 1 768',
        'sink 12 768',
      ]),
    );
    const [few, many] = tableOf(report, /^Vehicles of/);
    assert.deepEqual([few?.vehicles, many?.vehicles], [1_000, 100_000]);
    const hours = tableOf(report, /^Vehicles that come/);
    assert.equal(hours.length, 3);
    assert(hours.every((row) => Number(row['vehicles held']) < 1.1 * 5_000));
    assert.deepEqual(
      tableOf(report, /^Width/).map(({ width, layers }) => `${width} ${layers}`),
      ['32 6', '64 9'],
    );
    const stages = tableOf(report, /^Stages/);
    assert.deepEqual(
      stages.map((row) => row.stages),
      [1, 3],
    );
    assert(stages.every(({ items }) => items === 200));
  });
});
