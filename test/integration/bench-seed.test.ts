import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { seed } from '../../bench/seed.js';
import { figure, type Cell, type Report, type Rows } from '../../bench/report/report.js';
import { withBrokers } from './bench-report.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';

let kafka: KafkaFixture;
let report: Report;

before(async () => {
  kafka = await startKafka();
  report = await withBrokers(kafka, () => seed(true));
});

after(() => kafka.stop());

function table(title: string): Rows {
  const found = report.tables.find((one) => one.title.startsWith(title));
  assert.ok(found, `there is a table that begins with "${title}"`);
  return found;
}

function column(rows: Rows['rows'], name: string): number[] {
  return rows.map((row) => {
    const value: Cell | undefined = row[name];
    return typeof value === 'number' ? value : 0;
  });
}

describe('the quick form of the seed’s experiment', () => {
  it('shows sequential, 2 and 3 nodes beside their bound and the seed’s speed-up', () => {
    const { rows, columns } = table('Throughput');
    assert.deepEqual(
      rows.map(({ nodes }) => nodes),
      ['sequential', '2', '3'],
    );
    for (const name of [
      'predictions/s',
      'speed-up',
      'bound',
      'of the bound',
      'energy µJ/prediction',
    ]) {
      assert.ok(columns.includes(name));
      for (const value of column(rows.slice(1), name)) assert.ok(value > 0, `${name}: ${value}`);
    }
    const [, two] = rows;
    const quotient = Number(two?.['speed-up']) / Number(two?.['bound']);
    assert.ok(Math.abs(quotient - Number(two?.['of the bound'])) < 1e-9);
    assert.equal(figure(two?.['the seed’s speed-up'] ?? null), '0.614');
  });

  it('has the seed’s columns for the dispatcher and every node, with totals that are sums', () => {
    for (const nodes of [2, 3]) {
      const { rows, columns } = table(`${nodes} nodes`);
      const names = rows.map(({ node }) => node);
      const numbers = [...Array(nodes).keys()].map((at) => `node ${at + 1}`);
      assert.deepEqual(names, ['dispatcher', ...numbers, 'total']);
      for (const name of columns.filter((one) => one !== 'node')) {
        const values = column(rows, name);
        const total = values.at(-1) ?? NaN;
        const sum = values.slice(0, -1).reduce((added, value) => added + value, 0);
        assert.ok(total > 0 && Math.abs(total / sum - 1) < 1e-9, `${name}: ${total} and ${sum}`);
      }
    }
  });

  it('sends 20 × 128 floats an item across each cut', () => {
    const { rows } = table('Throughput');
    const [two = NaN, three = NaN] = column(rows.slice(1), 'payload kB/prediction');
    assert.ok(Math.abs(three - two - 10.24) < 0.5, `${two} and ${three} kB`);
  });

  it('names the way of the quota, and the seed’s totals that are wrong', () => {
    const notes = report.notes.join('\n');
    assert.match(notes, /control groups v[12]|a governor/);
    assert.match(notes, /energy of 5 nodes, 0\.0000436 published/);
  });

  it('has the seed’s two plots', () => {
    assert.deepEqual(
      report.plots.map(({ name }) => name),
      ['throughput', 'payload'],
    );
    const series = new Set(report.plots[0]?.points.map((point) => point.series));
    assert.equal(series.size, 3);
  });
});
