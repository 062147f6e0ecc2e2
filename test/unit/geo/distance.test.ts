import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  distanceM,
  earthRadiusM,
  localDistanceM,
  metresPerDegree,
} from '../../../src/geo/distance.js';

describe('distanceM', () => {
  it('agrees with the published haversine example, Nashville to Los Angeles airport', () => {
    // https://rosettacode.org/wiki/Haversine_formula: 2887.2599506071106 km with a radius of 6372.8 km.
    const expectedM = (2_887_259.950_607_110_6 * earthRadiusM) / 6_372_800;
    assert.ok(Math.abs(distanceM(36.12, -86.67, 33.94, -118.4) - expectedM) < 0.001);
  });

  it('is half the circumference between the poles, and 0 from a place to itself', () => {
    assert.equal(distanceM(90, 0, -90, 0), Math.PI * earthRadiusM);
    assert.equal(distanceM(36.35, 127.38, 36.35, 127.38), 0);
  });

  it('counts 111,195 m for a degree of latitude', () => {
    assert.equal(Math.round(metresPerDegree), 111_195);
    assert.ok(Math.abs(distanceM(36, 127, 37, 127) - metresPerDegree) < 0.001);
  });
});

describe('localDistanceM', () => {
  const latitude = fc.double({ min: 36.19, max: 36.5, noNaN: true });
  const longitude = fc.double({ min: 127.24, max: 127.54, noNaN: true });

  it('is within 0.01 % of the great circle anywhere in Daejeon', () => {
    fc.assert(
      fc.property(latitude, longitude, latitude, longitude, (lat1, lon1, lat2, lon2) => {
        const exactM = distanceM(lat1, lon1, lat2, lon2);
        assert.ok(
          Math.abs(localDistanceM(lat1, lon1, lat2, lon2) - exactM) <= exactM * 1e-4 + 1e-6,
        );
      }),
    );
  });
});
