import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { neutralTaste, Router } from '../../../src/geo/routing.js';
import { networkOf } from './road-fixture.js';

/** Seconds between all nodes, by Floyd and Warshall: another way than the router's. */
function allTimes(
  nodes: number,
  edges: readonly (readonly [number, number, number])[],
): number[][] {
  const times = Array.from({ length: nodes }, (_, a) =>
    Array.from({ length: nodes }, (_, b) => (a === b ? 0 : Infinity)),
  );
  const row = (node: number) => times[node] ?? [];
  for (const [a, b, seconds] of edges) {
    row(a)[b] = Math.min(row(a)[b] ?? Infinity, seconds);
    row(b)[a] = Math.min(row(b)[a] ?? Infinity, seconds);
  }
  for (let via = 0; via < nodes; via++) {
    for (let a = 0; a < nodes; a++) {
      for (let b = 0; b < nodes; b++) {
        const through = (row(a)[via] ?? Infinity) + (row(via)[b] ?? Infinity);
        if (through < (row(a)[b] ?? Infinity)) row(a)[b] = through;
      }
    }
  }
  return times;
}

/** Graphs of 2 to 12 nodes with up to 30 segments of whole seconds, some of them closed. */
const graphs = fc.integer({ min: 2, max: 12 }).chain((nodes) => {
  const node = fc.nat({ max: nodes - 1 });
  const seconds = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(Infinity));
  return fc.record({
    nodes: fc.constant(nodes),
    edges: fc.array(fc.tuple(node, node, seconds), { minLength: 1, maxLength: 30 }),
    dislikes: fc.array(fc.constantFrom(1, 1.5, 2, 4), { minLength: 64, maxLength: 64 }),
    offset: fc.nat({ max: 63 }),
  });
});

type Graph = typeof graphs extends fc.Arbitrary<infer G> ? G : never;

function networkOfGraph({ nodes, edges }: Graph) {
  return networkOf(
    Array.from({ length: nodes }, (_, node) => [node * 10, 0] as const),
    edges.map(([from, to]) => ({ from, to })),
  );
}

describe('Router', () => {
  it('finds the fastest way, or none, as Floyd and Warshall do', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const roads = networkOfGraph(graph);
        const times = Float64Array.from(graph.edges, (edge) => edge[2]);
        const router = new Router(roads, times);
        const expected = allTimes(graph.nodes, graph.edges);
        for (let from = 0; from < graph.nodes; from++) {
          for (let to = 0; to < graph.nodes; to++) {
            const route = router.route(from, to, neutralTaste(roads));
            const bestS = expected[from]?.[to] ?? NaN;
            if (bestS === Infinity) {
              assert.equal(route, undefined);
              continue;
            }
            assert.ok(route !== undefined);
            assert.equal(
              route.reduce((sum, arc) => sum + (times[arc >> 1] ?? NaN), 0),
              bestS,
            );
            let at = from;
            for (const arc of route) {
              assert.equal(roads.arcFrom(arc), at);
              at = roads.arcTo[arc] ?? -1;
            }
            assert.equal(at, to);
          }
          assert.deepEqual([...router.timesFrom(from)], expected[from]);
        }
      }),
    );
  });

  it("finds the way that is fastest in a driver's eyes", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const roads = networkOfGraph(graph);
        const times = Float64Array.from(graph.edges, (edge) => edge[2]);
        const taste = {
          classFactor: Float64Array.of(1.25, 1),
          segmentFactor: Float64Array.from(graph.dislikes),
          segmentOffset: graph.offset,
        };
        const seen = graph.edges.map(([from, to, seconds], segment) => {
          const dislike = graph.dislikes[(segment * 40_503 + graph.offset) % 64] ?? NaN;
          return [from, to, seconds * 1.25 * dislike] as const;
        });
        const expectedS = allTimes(graph.nodes, seen)[0]?.[graph.nodes - 1] ?? NaN;
        const route = new Router(roads, times).route(0, graph.nodes - 1, taste);
        const seenS =
          route?.reduce((sum, arc) => sum + (seen[arc >> 1]?.[2] ?? NaN), 0) ?? Infinity;
        assert.equal(seenS, expectedS);
      }),
    );
  });
});
