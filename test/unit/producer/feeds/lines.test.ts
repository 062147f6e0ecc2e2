import assert from 'node:assert/strict';
import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { projectDir } from '../../../../src/project-dir.js';
import type { LineResult } from '../../../../src/producer/feeds/lines.js';
import { readFixLines } from '../../../../src/producer/feeds/lines.js';
import { maxLineChars } from '../../../../src/producer/feeds/text-lines.js';

async function read(...chunks: (string | Uint8Array)[]): Promise<LineResult[]> {
  const results: LineResult[] = [];
  for await (const result of readFixLines(chunks)) results.push(result);
  return results;
}

/** Each result in short: its line, then its code or its vehicle. */
function short(results: readonly LineResult[]): string[] {
  return results.map(
    (result) => `${result.line} ${result.ok ? result.fix.vehicleId : result.code}`,
  );
}

describe('CSV lines', () => {
  it('may have their columns in any order, under any of their names', async () => {
    const fix = {
      vehicleId: 'a',
      eventTimeMs: 1_709_478_000_000,
      latitude: 36.3,
      longitude: 127.4,
      speedMps: 5,
    };
    for (const text of [
      'vehicleId,eventTime,latitude,longitude,speed\na,1709478000000,36.3,127.4,5',
      'Speed,LON,lat,Time,id\n5,127.4,36.3,1709478000,a\n',
      'vehicle;timestamp;lat;lng;color;speed_mps\r\na;2024-03-04T00:00:00+09:00;36.3;127.4;red;5\r\n',
      'event_time\tvehicle id\tlatitude\tlongitude\tspeed\n2024-03-03 15:00:00\ta\t36.3\t127.4\t5.0\n',
      '"vehicle","time","lat","lon","speed"\n"a","1709478000.000","36.3","127.4","5"\n',
    ]) {
      assert.deepEqual(await read(text), [{ ok: true, line: 2, fix }]);
    }
  });

  it('take seconds and milliseconds of the epoch for what they are', async () => {
    const results = await read('id,time,lat,lon\na,1709478000.25,1,2\nb,1709478000250,1,2\n');
    for (const result of results)
      assert.equal(result.ok && result.fix.eventTimeMs, 1_709_478_000_250);
  });

  it('that are wrong give their number and code, and their neighbours go on', async () => {
    const text = [
      'id,time,lat,lon,source',
      'a,1709478000,36,127,x',
      'b,1709478000,36',
      '"c,1709478000,36,127,x',
      '',
      ',1709478000,36,127,x',
      'd,soon,36,127,x',
      'e,1709478000,north,127,x',
      'f,1709478000,36,181,x',
      `${'g'.repeat(300)},1709478000,36,127,x`,
      `h,1709478000,36,127,${'x'.repeat(maxLineChars)}`,
      'i,1709478000,36,127,',
    ].join('\n');
    assert.deepEqual(short(await read(text)), [
      '2 a',
      '3 INVALID_LINE',
      '4 INVALID_LINE',
      '6 INVALID_FIX',
      '7 INVALID_FIX',
      '8 INVALID_FIX',
      '9 COORDINATES_OUT_OF_RANGE',
      '10 VEHICLE_ID_TOO_LONG',
      '11 INVALID_LINE',
      '12 i',
    ]);
  });

  it('need a first line that names them', async () => {
    await assert.rejects(read('a,1709478000,36,127\n'), {
      code: 'INVALID_HEADER',
      message: /vehicleId, eventTime, latitude, longitude/,
    });
    await assert.rejects(read('id,lat,lon\n'), { message: /no column for eventTime;/ });
  });

  it('of the real San Francisco cabs are read as awk reads them', async () => {
    // Piorkowski, Sarafijanovic-Djukic, Grossglauser, COMSNETS 2009: see NOTICE.
    const file = path.join(
      projectDir(),
      'test/unit/producer/feeds/fixtures/sf-cabs-2008-05-28.csv',
    );
    const results: LineResult[] = [];
    for await (const result of readFixLines(createReadStream(file, { highWaterMark: 100 }))) {
      results.push(result);
    }
    const cells = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    assert.equal(cells.length, 300);
    assert.deepEqual(
      results.map(
        (result) =>
          result.ok && [result.fix.vehicleId, result.fix.eventTimeMs, result.fix.latitude],
      ),
      cells.map(([cab, seconds, latitude]) => [cab, Number(seconds) * 1000, Number(latitude)]),
    );
  });
});

describe('JSON lines', () => {
  it('are fixes, one by one', async () => {
    const results = await read(
      '{"vehicleId":"a","eventTime":1709478000000,"latitude":36.3,"longitude":127.4}\n',
      '{"vehicleId":"b","eventTime":"2024-03-04T00:00:00+09:00","latitude":36.3,"longitude":127.4,"speed":null,"bearing":90}',
    );
    const fix = { eventTimeMs: 1_709_478_000_000, latitude: 36.3, longitude: 127.4 };
    assert.deepEqual(results, [
      { ok: true, line: 1, fix: { vehicleId: 'a', ...fix } },
      { ok: true, line: 2, fix: { vehicleId: 'b', ...fix, bearingDeg: 90 } },
    ]);
  });

  it('that are wrong give their number and code, and their neighbours go on', async () => {
    const good = '{"vehicleId":"a","eventTime":1709478000000,"latitude":36,"longitude":127}';
    const results = await read(
      [
        good,
        '{oops',
        '[]',
        '"text"',
        good.replace('36', '"36"'),
        good.replace('36', '96'),
        good,
      ].join('\n'),
    );
    assert.deepEqual(short(results), [
      '1 a',
      '2 INVALID_LINE',
      '3 INVALID_FIX',
      '4 INVALID_FIX',
      '5 INVALID_FIX',
      '6 COORDINATES_OUT_OF_RANGE',
      '7 a',
    ]);
  });
});

describe('lines of either kind', () => {
  it('do not depend on how the bytes arrive', async () => {
    const text =
      '\uFEFFid,time,lat,lon\r\n대전-1,1709478000,36,127\r\nbad\n\n대전-2,1709478001,36,127';
    const bytes = new TextEncoder().encode(text);
    const whole = await read(bytes);
    assert.deepEqual(short(whole), ['2 대전-1', '3 INVALID_LINE', '5 대전-2']);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 10 }), async (cuts) => {
        const ends = [...cuts, bytes.length].sort((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        assert.deepEqual(await read(...chunks), whole);
      }),
    );
  });

  it('that never end are skipped without being kept', async () => {
    const endless = 'x'.repeat(maxLineChars);
    const results = await read(
      'id,time,lat,lon\n',
      endless,
      endless,
      endless,
      '\na,1709478000,36,127\n',
    );
    assert.deepEqual(short(results), ['2 INVALID_LINE', '3 a']);
  });

  it('that are none give nothing', async () => {
    assert.deepEqual(await read(), []);
    assert.deepEqual(await read('\n\r\n  \n'), []);
  });
});
