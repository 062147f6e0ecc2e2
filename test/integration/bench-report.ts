import assert from 'node:assert/strict';
import type { Cell, Report } from '../../bench/report/report.js';
import type { KafkaFixture } from './kafka-fixture.js';

/** The rows of the table whose title is like that. */
export function tableOf(
  { tables }: Report,
  title: RegExp,
): readonly Readonly<Record<string, Cell>>[] {
  const found = tables.find((table) => title.test(table.title));
  assert(found !== undefined, `no table ${String(title)}`);
  return found.rows;
}

/** Every figure of tables and plots is a number that can be drawn. */
export function assertFinite({ tables, plots }: Report): void {
  for (const { title, columns, rows } of tables) {
    assert(rows.length > 0, `${title}: no rows`);
    for (const row of rows) {
      for (const column of columns) {
        const value = row[column] ?? null;
        assert(typeof value !== 'number' || Number.isFinite(value), `${title}: ${column}`);
      }
    }
  }
  for (const { name, points } of plots) {
    assert(points.length > 0, `${name}: no points`);
    assert(
      points.every(({ y }) => Number.isFinite(y)),
      name,
    );
  }
}

/** Runs a bench with this broker as that of KAFKA_BROKERS. */
export async function withBrokers(
  kafka: KafkaFixture,
  bench: () => Promise<Report>,
): Promise<Report> {
  const given = process.env['KAFKA_BROKERS'];
  process.env['KAFKA_BROKERS'] = kafka.brokers.join(',');
  try {
    return await bench();
  } finally {
    if (given === undefined) delete process.env['KAFKA_BROKERS'];
    else process.env['KAFKA_BROKERS'] = given;
  }
}
