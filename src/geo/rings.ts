import type { Position } from './geojson.js';

/** From one corner of a ring to the next. */
export type Edge = readonly [from: Position, to: Position];

/** The edges of a ring, whose last corner is its first one. */
export function edgesOf(ring: readonly Position[]): Edge[] {
  return ring.slice(1).flatMap((to, at): Edge[] => {
    const from = ring[at];
    return from === undefined ? [] : [[from, to]];
  });
}

/** The least and the most of some numbers, which may be a hundred thousand; Infinity and −Infinity of none. */
export function spanOf(values: readonly number[]): {
  readonly least: number;
  readonly most: number;
} {
  return {
    least: values.reduce((least, one) => Math.min(least, one), Infinity),
    most: values.reduce((most, one) => Math.max(most, one), -Infinity),
  };
}
