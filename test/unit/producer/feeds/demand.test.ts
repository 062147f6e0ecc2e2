import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Demand, daejeonHour } from '../../../../src/producer/feeds/fleet/demand.js';
import { Random } from '../../../../src/producer/feeds/fleet/random.js';

const hourMs = 3_600_000;
/** Trips per hour: 1 by night, 3 from noon, on weekdays; 2 all day on the weekend. */
const hours = [
  'day_type,hour,trips_per_day',
  ...Array.from({ length: 24 }, (_, hour) => `weekday,${hour},${hour < 12 ? 1 : 3}`),
  ...Array.from({ length: 24 }, (_, hour) => `weekend,${hour},2`),
].join('\n');

function demandOf(pairs: readonly string[]): Demand {
  return new Demand(['origin_dong,destination_dong,trips', ...pairs].join('\n'), hours, [
    'A',
    'B',
    'C',
    'D',
  ]);
}

/** How often each pair of dongs is drawn, as `A>B`. */
function drawn(demand: Demand, draws: number): Map<string, number> {
  const random = Random.of(1, 'demand');
  const counts = new Map<string, number>();
  for (let draw = 0; draw < draws; draw++) {
    const { origin, destination } = demand.drawPair(random);
    const pair = `${'ABCD'[origin] ?? '?'}>${'ABCD'[destination] ?? '?'}`;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}

describe('Demand', () => {
  it('draws pairs of dongs as often as people ride between them', () => {
    const counts = drawn(demandOf(['A,B,60', 'B,A,30', 'C,C,10']), 10_000);
    assert.deepEqual([...counts.keys()].sort(), ['A>B', 'B>A', 'C>C']);
    // Standard deviation of 6,000 expected: 49.
    assert.ok(Math.abs((counts.get('A>B') ?? 0) - 6_000) < 245);
    assert.ok(Math.abs((counts.get('C>C') ?? 0) - 1_000) < 150);
  });

  it('spreads pooled trips over the destinations that are not named, as popular as they are', () => {
    // Trips to A: 30, C: 10 (both not named for A). D has none at all.
    const counts = drawn(demandOf(['A,B,20', 'A,*,20', 'B,A,30', 'C,C,10']), 16_000);
    assert.ok(Math.abs((counts.get('A>B') ?? 0) - 4_000) < 275);
    assert.ok(Math.abs((counts.get('A>A') ?? 0) - 3_000) < 250);
    assert.ok(Math.abs((counts.get('A>C') ?? 0) - 1_000) < 155);
    assert.equal(counts.get('A>D'), undefined);
  });

  it("knows Daejeon's hour and weekend", () => {
    assert.deepEqual(daejeonHour(Date.parse('2024-03-04T00:00:00+09:00')), {
      hour: 0,
      weekend: false,
    });
    assert.deepEqual(daejeonHour(Date.parse('2024-03-03T23:59:59+09:00')), {
      hour: 23,
      weekend: true,
    });
    assert.deepEqual(daejeonHour(Date.parse('2024-03-02T00:00:00+09:00')), {
      hour: 0,
      weekend: true,
    });
    assert.deepEqual(daejeonHour(Date.parse('2024-03-01T23:00:00+09:00')), {
      hour: 23,
      weekend: false,
    });
  });

  it('asks for as many trips in each hour as the hour has in reality', () => {
    const demand = demandOf(['A,B,1']);
    const random = Random.of(3, 'requests');
    const mondayMs = Date.parse('2024-03-04T00:00:00+09:00');
    const perHour = new Array<number>(24).fill(0);
    // 48 trips stand for the weekday's total of the table: 480 a day are ten times as many.
    for (let day = 0; day < 4; day++) {
      const startMs = mondayMs + day * 24 * hourMs;
      let timeMs = startMs;
      for (;;) {
        const next = demand.drawNextRequestMs(timeMs, 480, random);
        assert.ok(next > timeMs);
        timeMs = next;
        if (timeMs >= startMs + 24 * hourMs) break;
        const hour = Math.floor((timeMs - startMs) / hourMs);
        perHour[hour] = (perHour[hour] ?? 0) + 1;
      }
    }
    const sum = (from: number, to: number) =>
      perHour.slice(from, to).reduce((total, count) => total + count, 0);
    // 4 days × 12 hours × 10 and 30: standard deviations 22 and 38.
    assert.ok(Math.abs(sum(0, 12) - 480) < 110);
    assert.ok(Math.abs(sum(12, 24) - 1_440) < 190);
  });
});
