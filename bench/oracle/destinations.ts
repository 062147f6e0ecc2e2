import {
  localDistanceM,
  metresPerDegree,
  metresPerDegreeOfLongitude,
} from '../../src/geo/distance.js';
import { leastTripM, redraws } from '../../src/producer/feeds/fleet/trips.js';
import type { City } from '../../src/producer/feeds/fleet/city.js';
import type { NodeChance } from '../../src/producer/feeds/fleet/places.js';

/** Where the idle taxis stood when one of them was sent to a customer. */
export interface IdleTaxis {
  readonly latitudes: Float64Array;
  readonly longitudes: Float64Array;
  /** Which of them was sent: the nearest one. */
  readonly sent: number;
}

/** Where a simulated taxi may be going to, and how probable each node is: the simulator's own rules. */
export class Destinations {
  readonly #city: City;
  /** Per dong. */
  readonly #chances: readonly (readonly NodeChance[])[];
  readonly #dongOfNode: Int32Array;
  /** Per dong of origin, how probable it is that a draw from it to each dong is long enough. */
  readonly #longEnough = new Map<number, readonly number[]>();

  constructor(city: City, dongs: number) {
    this.#city = city;
    this.#chances = Array.from({ length: dongs }, (_, dong) => city.places.chancesIn(dong));
    this.#dongOfNode = new Int32Array(city.roads.nodeCount).fill(-1);
    this.#chances.forEach((chances, dong) => {
      for (const { node } of chances) this.#dongOfNode[node] = dong;
    });
  }

  /** [nodeCount] of a customer who got in at a node; as `drawTrip` draws, given where it begins. */
  ofCustomer(from: number): Float64Array {
    const weights = new Float64Array(this.#city.roads.nodeCount);
    const origin = this.#dongOfNode[from] ?? -1;
    const longEnough = this.#longEnoughFrom(origin);
    this.#chances.forEach((chances, destination) => {
      const share = this.#city.demand.shareTo({ origin, destination });
      const chance = longEnough[destination] ?? 0;
      if (share === 0 || chance === 0) return;
      const drawn = (share * (1 - (1 - chance) ** redraws)) / chance;
      for (const to of chances) {
        if (this.#distanceM(from, to.node) >= leastTripM) weights[to.node] = drawn * to.chance;
      }
    });
    return normalised(weights);
  }

  /** [nodeCount] of a taxi that was sent: customers whom none of the idle taxis was nearer to. */
  ofSentTaxi({ latitudes, longitudes, sent }: IdleTaxis): Float64Array {
    const { demand, roads } = this.#city;
    const weights = new Float64Array(roads.nodeCount);
    this.#chances.forEach((chances, dong) => {
      const share = demand.shareFrom(dong);
      for (const { node, chance } of chances) {
        const latitude = roads.nodeLatitude[node] ?? 0;
        const longitude = roads.nodeLongitude[node] ?? 0;
        const eastScale = metresPerDegreeOfLongitude(latitude) / metresPerDegree;
        const away = (taxi: number): number => {
          const north = (latitudes[taxi] ?? 0) - latitude;
          const east = ((longitudes[taxi] ?? 0) - longitude) * eastScale;
          return north * north + east * east;
        };
        const ours = away(sent);
        const isNearest = latitudes.every((_, taxi) => taxi === sent || away(taxi) >= ours);
        if (isNearest) weights[node] = share * chance;
      }
    });
    return normalised(weights);
  }

  /** [nodeCount] of an idle taxi that sets out from a node: the ranks. */
  ofIdleTaxi(from: number): Float64Array {
    const { places, roads } = this.#city;
    const weights = new Float64Array(roads.nodeCount);
    places.rankWeights(from).forEach((weight, index) => {
      const node = places.ranks[index]?.node ?? 0;
      if (node !== from) weights[node] = (weights[node] ?? 0) + weight;
    });
    return normalised(weights);
  }

  #longEnoughFrom(origin: number): readonly number[] {
    const known = this.#longEnough.get(origin);
    if (known !== undefined) return known;
    const origins = this.#chances[origin] ?? [];
    const answer = this.#chances.map((chances) => {
      let sum = 0;
      for (const from of origins) {
        for (const to of chances) {
          if (this.#distanceM(from.node, to.node) >= leastTripM) sum += from.chance * to.chance;
        }
      }
      return sum;
    });
    this.#longEnough.set(origin, answer);
    return answer;
  }

  #distanceM(from: number, to: number): number {
    const { nodeLatitude, nodeLongitude } = this.#city.roads;
    return localDistanceM(
      nodeLatitude[from] ?? 0,
      nodeLongitude[from] ?? 0,
      nodeLatitude[to] ?? 0,
      nodeLongitude[to] ?? 0,
    );
  }
}

/** Shares of the sum; all 0 where the sum is 0. */
function normalised(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum === 0 ? weights : weights.map((weight) => weight / sum);
}
