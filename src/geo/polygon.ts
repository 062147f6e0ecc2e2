import { edgesOf, spanOf, type Edge } from './rings.js';
import type { Rings } from './geojson.js';

/** Bands of latitude that a polygon's edges are sorted into, at most. */
const maxBands = 1_024;
/** Edges that a band has in the mean, if each lay in one. */
const edgesPerBand = 8;

/**
 * A polygon on the plane of its degrees: what lies within its outer ring and in none of its holes.
 * Its edges are kept by latitude, so that a boundary of ten thousand corners is asked about a
 * million positions in seconds.
 */
export class Polygon {
  readonly #south: number;
  readonly #north: number;
  readonly #bandsPerDeg: number;
  /** The edges that pass each band, from south to north; one that passes several is in all of them. */
  readonly #bands: readonly (readonly Edge[])[];

  constructor(rings: Rings) {
    const edges = rings.flatMap(edgesOf);
    const latitudes = spanOf(rings.flat().map(([, latitude]) => latitude));
    this.#south = latitudes.least;
    this.#north = latitudes.most;
    const count = Math.min(maxBands, Math.max(1, Math.floor(edges.length / edgesPerBand)));
    const height = this.#north - this.#south;
    this.#bandsPerDeg = height > 0 ? count / height : 0;
    const bands = Array.from({ length: count }, (): Edge[] => []);
    for (const edge of edges) {
      const [from, to] = [this.#bandOf(edge[0][1], count), this.#bandOf(edge[1][1], count)];
      for (let band = Math.min(from, to); band <= Math.max(from, to); band += 1) {
        bands[band]?.push(edge);
      }
    }
    this.#bands = bands;
  }

  /** Whether a position in degrees lies in it, by the parity of the edges that lie west of it. */
  holds(latitude: number, longitude: number): boolean {
    if (!(latitude >= this.#south && latitude <= this.#north)) return false;
    let isInside = false;
    for (const edge of this.#bands[this.#bandOf(latitude, this.#bands.length)] ?? []) {
      if (isEastOf(longitude, latitude, edge)) isInside = !isInside;
    }
    return isInside;
  }

  #bandOf(latitude: number, count: number): number {
    return Math.min(count - 1, Math.floor((latitude - this.#south) * this.#bandsPerDeg));
  }
}

/** Whether a position lies east of an edge, at a latitude that the edge passes. */
function isEastOf(longitude: number, latitude: number, [from, to]: Edge): boolean {
  const [fromLongitude, fromLatitude] = from;
  const [toLongitude, toLatitude] = to;
  if (fromLatitude > latitude === toLatitude > latitude) return false;
  const share = (latitude - fromLatitude) / (toLatitude - fromLatitude);
  return longitude > fromLongitude + share * (toLongitude - fromLongitude);
}
