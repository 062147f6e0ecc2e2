import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { WayTree } from '../../../../bench/oracle/way-tree.js';
import { loadCity, type City } from '../../../../src/producer/feeds/fleet/city.js';
import { Random } from '../../../../src/producer/feeds/fleet/random.js';

describe('the tree of ways of the oracle', () => {
  let city: City;
  before(() => {
    city = loadCity();
  });

  it("holds the ways that the simulator's own router finds, for each driver's taste", () => {
    const { roads, router, traffic } = city;
    const random = Random.of(1, 'way tree');
    const chances = new Float64Array(roads.nodeCount).fill(1 / roads.nodeCount);
    const tree = new WayTree(roads, traffic.segmentTimeS);
    let compared = 0;
    for (let from = 0; from < 5; from += 1) {
      const start = Math.floor(random.fraction() * roads.nodeCount);
      const taste = traffic.drawTaste(traffic.slowness(1e12), random);
      tree.grow(start, taste, chances);
      for (let to = 0; to < 5; to += 1) {
        const end = Math.floor(random.fraction() * roads.nodeCount);
        if (tree.through(end) === 0) continue;
        const route = router.route(start, end, taste) ?? new Int32Array();
        for (const arc of route) assert.ok(tree.isWay(arc));
        compared += route.length;
      }
    }
    assert.ok(compared > 100);
  });

  it('counts the destinations behind each node, all of them behind the first', () => {
    const { roads, traffic } = city;
    const chances = new Float64Array(roads.nodeCount);
    const [start, near, far] = [100, 200, 9_000] as const;
    chances[near] = 0.25;
    chances[far] = 0.75;
    const tree = new WayTree(roads, traffic.segmentTimeS);
    const taste = traffic.drawTaste(traffic.slowness(1e12), Random.of(2, 'way tree'));
    tree.grow(start, taste, chances);
    assert.ok(Math.abs(tree.through(start) - 1) < 1e-12);
    const into = Array.from(roads.arcTo.keys()).filter((arc) => tree.isWay(arc));
    const ends = new Set(into.map((arc) => roads.arcTo[arc] ?? -1));
    assert.equal(ends.size, into.length, 'one way to each node');
    assert.ok(!ends.has(start), 'and none back to the first');
  });
});
