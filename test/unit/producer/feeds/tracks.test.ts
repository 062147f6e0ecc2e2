import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTracks } from '../../../../src/producer/feeds/tracks.js';

describe('tracks', () => {
  it('are the fixes of each vehicle in the order of their times, equal times as they came', async () => {
    const { tracks, fixes, sortedVehicles } = await readTracks([
      'cab,ts,lat,lon,occupied\n',
      'b,1200000200,1,11,0\na,1200000100,2,12,1\nb,1200000100,3,13,0\n',
      'b,1200000200,4,14,0\na,1200000101,5,15,0\nb,1200000000,6,16,1\n',
    ]);
    assert.deepEqual(tracks, [
      {
        vehicleId: 'b',
        timesMs: [1_200_000_000_000, 1_200_000_100_000, 1_200_000_200_000, 1_200_000_200_000],
        latitudes: [6, 3, 1, 4],
        longitudes: [16, 13, 11, 14],
      },
      {
        vehicleId: 'a',
        timesMs: [1_200_000_100_000, 1_200_000_101_000],
        latitudes: [2, 5],
        longitudes: [12, 15],
      },
    ]);
    assert.equal(fixes, 6);
    assert.equal(sortedVehicles, 1);
  });

  it('leave out lines that are no fixes, and count them', async () => {
    const { tracks, badLines, examples } = await readTracks([
      'cab,ts,lat,lon\na,1200000100,2,12\na,1200000100\na,soon,2,12\na,1200000100,91,12\n',
      'a,1200000101,2\n',
    ]);
    assert.equal(tracks[0]?.timesMs.length, 1);
    assert.deepEqual(Object.fromEntries(badLines), {
      INVALID_LINE: 2,
      INVALID_FIX: 1,
      COORDINATES_OUT_OF_RANGE: 1,
    });
    assert.deepEqual(
      examples.map(({ line }) => line),
      [3, 4, 5, 6],
    );
  });
});
