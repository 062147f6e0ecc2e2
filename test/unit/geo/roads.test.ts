import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metresPerDegree } from '../../../src/geo/distance.js';
import { RoadNetwork, RoadsError } from '../../../src/geo/roads.js';
import { networkOf } from './road-fixture.js';

describe('RoadNetwork', () => {
  // On the equator, in 1e-5 degrees: a bent road from node 0 to 1, a straight one from 2 to 1.
  const roads = networkOf(
    [
      [0, 0],
      [300, 400],
      [0, 1000],
    ],
    [
      { from: 0, to: 1, class: 1, shape: [[0, 400]] },
      { from: 2, to: 1 },
    ],
  );

  it('keeps nodes where they are', () => {
    assert.deepEqual(
      [...roads.nodeLatitude, ...roads.nodeLongitude].map((degrees) => Math.round(degrees * 1e5)),
      [0, 300, 0, 0, 400, 1000],
    );
  });

  it('measures a road along its bends', () => {
    const bentM = (400 + 300) * 1e-5 * metresPerDegree;
    assert.ok(Math.abs((roads.segmentLengthM[0] ?? 0) - bentM) < 0.01);
  });

  it('can be driven both ways', () => {
    assert.deepEqual([...roads.arcTo], [1, 0, 1, 2]);
    assert.equal(roads.arcFrom(0), 0);
    assert.equal(roads.arcFrom(3), 1);
  });

  it('lists the arcs that leave a node', () => {
    const leaving = (node: number) => [
      ...roads.arcsOfNode.subarray(roads.firstArcOfNode[node], roads.firstArcOfNode[node + 1]),
    ];
    assert.deepEqual([0, 1, 2].map(leaving), [[0], [1, 3], [2]]);
  });

  it('refuses what is no road file', () => {
    assert.throws(() => RoadNetwork.parse({}), RoadsError);
    assert.throws(() => networkOf([[0, 0]], [{ from: 0, to: 1 }]), { code: 'INVALID_ROADS' });
  });
});
