import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { localDistanceM } from '../../../../src/geo/distance.js';
import type { GeoFix } from '../../../../src/geo/fix.js';
import { checkFix } from '../../../../src/geo/fix.js';
import { Grid } from '../../../../src/geo/grid.js';
import { loadCity } from '../../../../src/producer/feeds/fleet/city.js';
import type { FleetOptions } from '../../../../src/producer/feeds/fleet/fleet.js';
import { createFleet } from '../../../../src/producer/feeds/fleet/fleet.js';
import { Random } from '../../../../src/producer/feeds/fleet/random.js';
import { drawTrip } from '../../../../src/producer/feeds/fleet/trips.js';
import { projectDir } from '../../../../src/project-dir.js';

const city = loadCity();
const mondayMs = Date.parse('2024-03-04T00:00:00+09:00');

function firstFixes(count: number, options: FleetOptions): GeoFix[] {
  const fixes: GeoFix[] = [];
  for (const fix of createFleet({ city, ...options })) {
    if (fixes.push(fix) === count) break;
  }
  return fixes;
}

function hashOf(fixes: readonly GeoFix[]): string {
  return createHash('sha256').update(JSON.stringify(fixes)).digest('hex');
}

function byVehicle(fixes: readonly GeoFix[]): GeoFix[][] {
  const groups = new Map<string, GeoFix[]>();
  for (const fix of fixes) {
    const own = groups.get(fix.vehicleId) ?? [];
    own.push(fix);
    groups.set(fix.vehicleId, own);
  }
  return [...groups.values()];
}

describe('createFleet', () => {
  const fixes = firstFixes(20_000, { seed: 1, vehicles: 50 });

  it('gives the same fixes to the byte for the same seed, and others for another', () => {
    assert.equal(hashOf(firstFixes(20_000, { seed: 1, vehicles: 50 })), hashOf(fixes));
    assert.notEqual(hashOf(firstFixes(20_000, { seed: 2, vehicles: 50 })), hashOf(fixes));
  });

  it('gives the fixes of seed 1 that models were trained on', () => {
    // Made by this program: a change here changes every fleet, and what models learned from it.
    assert.equal(hashOf(fixes), 'a621f8c482a7d2001aac16f71d4ef6e11634f54659ccf19485ac500781f65add');
  });

  it('gives fixes in the order of their times over the whole fleet', () => {
    fixes.forEach((fix, index) => {
      assert.ok(fix.eventTimeMs >= (fixes[index - 1]?.eventTimeMs ?? mondayMs));
    });
  });

  it('gives valid fixes, rounded to milliseconds and millionths of a degree', () => {
    for (const fix of fixes) {
      assert.deepEqual(checkFix(fix), { ok: true, fix });
      assert.equal(Number(fix.latitude.toFixed(6)), fix.latitude);
      assert.equal(Number(fix.longitude.toFixed(6)), fix.longitude);
    }
  });

  it('has every taxi report all the time, every 10 to 30 s, each at its own pace', () => {
    const intervalsS = byVehicle(fixes).map((own) => {
      const gapsS = own
        .slice(1)
        .map((fix, i) => (fix.eventTimeMs - (own[i]?.eventTimeMs ?? 0)) / 1000);
      assert.ok(Math.min(...gapsS) >= 9 && Math.max(...gapsS) <= 31);
      return gapsS.reduce((sum, gap) => sum + gap, 0) / gapsS.length;
    });
    assert.equal(intervalsS.length, 50);
    assert.ok(Math.min(...intervalsS) < 14 && Math.max(...intervalsS) > 26);
  });

  it('moves no taxi faster than 110 km/h, receiver errors aside', () => {
    for (const own of byVehicle(fixes)) {
      own.slice(1).forEach((fix, index) => {
        const before = own[index] ?? fix;
        const wayM = localDistanceM(before.latitude, before.longitude, fix.latitude, fix.longitude);
        assert.ok(wayM - 50 <= ((fix.eventTimeMs - before.eventTimeMs) / 1000) * (110 / 3.6));
        assert.ok((fix.speedMps ?? Infinity) <= 110 / 3.6);
      });
    }
  });

  it('keeps every taxi on the roads, within the error of its receiver', () => {
    // 6 m to the north and to the east: 35 m are almost six standard deviations.
    for (const fix of fixes.filter((_, index) => index % 100 === 0)) {
      assert.ok(metresToRoad(fix) < 35, JSON.stringify(fix));
    }
  });

  it('lets almost every fix lie in a cell, and every fifth to third enter a new one by night', () => {
    const file = path.join(projectDir(), 'models', 'daejeon', 'grid.json');
    const grid = Grid.read(readFileSync(file));
    const cells = byVehicle(fixes).map((own) =>
      own.map((fix) => grid.cellAt(fix.latitude, fix.longitude)),
    );
    const outside = cells.flat().filter((cell) => cell === 0).length;
    const entered = cells.flatMap((own) =>
      own.filter((cell, i) => i > 0 && cell !== own[i - 1]),
    ).length;
    assert.ok(outside < 20);
    assert.ok(entered > fixes.length / 5 && entered < fixes.length / 3);
  });

  it('ends at its end time, and starts at its start time', () => {
    const startTimeMs = mondayMs + 12 * 3_600_000;
    const some = [
      ...createFleet({
        seed: 'noon',
        city,
        vehicles: 5,
        startTimeMs,
        endTimeMs: startTimeMs + 60_000,
      }),
    ];
    assert.ok(some.length >= 10 && some.length <= 30);
    for (const { eventTimeMs } of some) {
      assert.ok(eventTimeMs >= startTimeMs && eventTimeMs <= startTimeMs + 60_000);
    }
  });

  it('names its vehicles by the prefix', () => {
    const ids = new Set(
      firstFixes(200, { seed: 1, vehicles: 3, namePrefix: 'cab' }).map((fix) => fix.vehicleId),
    );
    assert.deepEqual([...ids].sort(), ['cab-0001', 'cab-0002', 'cab-0003']);
  });

  it('names all options that are out of range at once', () => {
    assert.throws(
      () => createFleet({ seed: 1, vehicles: 0, tripsPerTaxi: -1, reportIntervalS: [9, 3] }),
      {
        code: 'CONFIG',
        message: /vehicles .*tripsPerTaxi .*reportIntervalS /,
      },
    );
  });
});

describe('trips', () => {
  it('are as long as real metered ones, within 15 % at every quantile from 5 to 95 %', () => {
    const { roads, router, traffic } = city;
    const random = Random.of('lengths', 'test');
    const lengthsM = Array.from({ length: 3_000 }, (_, trip) => {
      const slowness = traffic.slowness(mondayMs + (trip % 24) * 3_600_000);
      const { from, to } = drawTrip(city, random);
      const route = router.route(from, to, traffic.drawTaste(slowness, random)) ?? new Int32Array();
      return route.reduce((sum, arc) => sum + (roads.segmentLengthM[arc >> 1] ?? 0), 0);
    }).sort((a, b) => a - b);
    const file = path.join(projectDir(), 'data', 'daejeon', 'trip-distance-quantiles.csv');
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n').slice(1)) {
      const [share = 0, realM = 0] = line.split(',').map(Number);
      if (share < 0.05 || share > 0.95) continue;
      const lengthM = lengthsM[Math.floor(share * lengthsM.length)] ?? 0;
      assert.ok(Math.abs(lengthM / realM - 1) < 0.15, `${share}: ${lengthM} m, really ${realM} m`);
    }
  });

  it('between two nodes take different ways, none much longer than the shortest', () => {
    const { roads, router, traffic } = city;
    const random = Random.of('ways', 'test');
    const trip = drawTrip(city, random);
    const slowness = traffic.slowness(mondayMs);
    const ways = new Map<string, number>();
    for (let driver = 0; driver < 30; driver++) {
      const route =
        router.route(trip.from, trip.to, traffic.drawTaste(slowness, random)) ?? new Int32Array();
      ways.set(
        route.join(),
        route.reduce((sum, arc) => sum + (roads.segmentLengthM[arc >> 1] ?? 0), 0),
      );
    }
    assert.ok(ways.size > 1);
    assert.ok(Math.max(...ways.values()) < 1.5 * Math.min(...ways.values()));
  });
});

/** Metres from a fix to the nearest road, by looking at all of them. */
function metresToRoad({ latitude, longitude }: GeoFix): number {
  const { pointLatitude, pointLongitude, firstPointOfSegment, segmentCount } = city.roads;
  const east = Math.cos((latitude * Math.PI) / 180);
  let least = Infinity;
  for (let segment = 0; segment < segmentCount; segment++) {
    const end = (firstPointOfSegment[segment + 1] ?? 0) - 1;
    for (let point = firstPointOfSegment[segment] ?? 0; point < end; point++) {
      const y = (pointLatitude[point] ?? 0) - latitude;
      const x = ((pointLongitude[point] ?? 0) - longitude) * east;
      const dy = (pointLatitude[point + 1] ?? 0) - latitude - y;
      const dx = ((pointLongitude[point + 1] ?? 0) - longitude) * east - x;
      const along = Math.min(1, Math.max(0, -(x * dx + y * dy) / (dx * dx + dy * dy || 1)));
      const away = Math.hypot(x + along * dx, y + along * dy);
      if (away < least) least = away;
    }
  }
  return least * 111_195;
}
