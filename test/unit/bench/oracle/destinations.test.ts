import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Destinations } from '../../../../bench/oracle/destinations.js';
import { localDistanceM } from '../../../../src/geo/distance.js';
import { loadCity, type City } from '../../../../src/producer/feeds/fleet/city.js';
import { Random } from '../../../../src/producer/feeds/fleet/random.js';
import { drawTrip } from '../../../../src/producer/feeds/fleet/trips.js';

/** Of dongs.json.gz. */
const dongs = 79;

/** The sum over the nodes that `belongs` names. */
function sumOver(weights: Float64Array, belongs: (node: number) => boolean): number {
  return weights.reduce((sum, weight, node) => (belongs(node) ? sum + weight : sum), 0);
}

/** Shares differ by less than five standard deviations of the drawn one. */
function assertNear(expected: number, drawn: number, draws: number, what: string): void {
  const sigma = Math.sqrt((Math.max(expected, 1 / draws) * (1 - expected)) / draws);
  assert.ok(
    Math.abs(expected - drawn) < 5 * sigma,
    `${what}: ${drawn} drawn, ${expected} expected`,
  );
}

describe('the destinations that the oracle thinks of', () => {
  let city: City;
  let destinations: Destinations;
  before(() => {
    city = loadCity();
    destinations = new Destinations(city, dongs);
  });

  it('for a customer are as often as the simulator draws them for trips from the same node', () => {
    const random = Random.of(3, 'trips');
    const trips = Array.from({ length: 150_000 }, () => drawTrip(city, random));
    const counts = new Map<number, number>();
    for (const { from } of trips) counts.set(from, (counts.get(from) ?? 0) + 1);
    const [from = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    const drawn = trips.filter((trip) => trip.from === from).map(({ to }) => to);
    const expected = destinations.ofCustomer(from);
    assert.ok(Math.abs(sumOver(expected, () => true) - 1) < 1e-9);
    for (let dong = 0; dong < dongs; dong += 1) {
      const nodes = new Set(city.places.chancesIn(dong).map(({ node }) => node));
      const share = drawn.filter((to) => nodes.has(to)).length / drawn.length;
      const wanted = sumOver(expected, (node) => nodes.has(node));
      assertNear(wanted, share, drawn.length, `dong ${dong}`);
    }
    const ranks = new Set(city.places.ranks.map(({ node }) => node));
    const share = drawn.filter((to) => ranks.has(to)).length / drawn.length;
    assertNear(
      sumOver(expected, (node) => ranks.has(node)),
      share,
      drawn.length,
      'ranks',
    );
  });

  it('for an idle taxi are as often as the simulator draws ranks', () => {
    const random = Random.of(4, 'ranks');
    const from = city.places.ranks[7]?.node ?? 0;
    const draws = Array.from({ length: 4_000 }, () => city.places.drawRank(from, random));
    const left = draws.filter((node) => node !== from);
    const expected = destinations.ofIdleTaxi(from);
    for (const { node } of city.places.ranks) {
      const share = left.filter((drawn) => drawn === node).length / left.length;
      assertNear(expected[node] ?? 0, share, left.length, `rank ${node}`);
    }
  });

  it('for a taxi that was sent are nearer to it than to any other idle one', () => {
    const { nodeLatitude, nodeLongitude } = city.roads;
    const at = [10, 4_000, 9_000];
    const latitudes = Float64Array.from(at, (node) => nodeLatitude[node] ?? 0);
    const longitudes = Float64Array.from(at, (node) => nodeLongitude[node] ?? 0);
    const weights = destinations.ofSentTaxi({ latitudes, longitudes, sent: 1 });
    assert.ok(Math.abs(sumOver(weights, () => true) - 1) < 1e-9);
    weights.forEach((weight, node) => {
      if (weight === 0) return;
      const [first = 0, sent = 0, last = 0] = at.map((other) =>
        localDistanceM(
          nodeLatitude[other] ?? 0,
          nodeLongitude[other] ?? 0,
          nodeLatitude[node] ?? 0,
          nodeLongitude[node] ?? 0,
        ),
      );
      // The dispatcher's plane is not quite the distance's: a metre either way.
      assert.ok(sent <= Math.min(first, last) + 1, `node ${node}`);
    });
  });
});
