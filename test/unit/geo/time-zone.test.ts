import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { awayFromSunDeg, isTimeZone, nauticalZone } from '../../../src/geo/time-zone.js';

describe('a time zone', () => {
  it('is one by its name, not by an offset', () => {
    assert.ok(isTimeZone('Asia/Seoul') && isTimeZone('Etc/GMT-12') && isTimeZone('UTC'));
    assert.ok(!isTimeZone('+09:00') && !isTimeZone('Seoul') && !isTimeZone(''));
  });

  it('is as far from the sun as its noon is from the place’s: 15° an hour', () => {
    // Seoul's clock is UTC+9: noon at 135° E. Mumbai's is UTC+5:30: 82.5° E.
    assert.equal(awayFromSunDeg('Asia/Seoul', 127), 8);
    assert.equal(awayFromSunDeg('Asia/Kolkata', 73), 9.5);
    // New York's time is UTC−5 but for summer time: 75° W.
    assert.equal(awayFromSunDeg('America/New_York', -74), 1);
    // Santiago has summer time in January; in July it is UTC−4: 60° W.
    assert.equal(awayFromSunDeg('America/Santiago', -70), 10);
  });

  it('is measured over the antimeridian where that is nearer', () => {
    // UTC+13 is 165° W, UTC−11 as well; UTC+12 is 180°.
    assert.equal(awayFromSunDeg('Pacific/Tongatapu', -175), 10);
    assert.equal(awayFromSunDeg('Pacific/Pago_Pago', -171), 6);
    assert.equal(awayFromSunDeg('Pacific/Fiji', -179), 1);
    assert.equal(awayFromSunDeg('Pacific/Fiji', 178), 2);
  });

  it('of ships is the nearest whole hour, named after the hours to its west', () => {
    assert.equal(nauticalZone(127.4), 'Etc/GMT-8');
    assert.equal(nauticalZone(-122.4), 'Etc/GMT+8');
    assert.equal(nauticalZone(2), 'Etc/GMT');
    assert.equal(nauticalZone(179), 'Etc/GMT-12');
    assert.equal(nauticalZone(181), 'Etc/GMT+12');
    for (let longitude = -180; longitude <= 180; longitude += 1) {
      const zone = nauticalZone(longitude);
      assert.ok(isTimeZone(zone), zone);
      assert.ok(awayFromSunDeg(zone, longitude) <= 7.5, zone);
    }
  });
});
