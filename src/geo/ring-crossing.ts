import { edgesOf, type Edge } from './rings.js';
import type { Position } from './geojson.js';

interface SpannedEdge {
  readonly from: Position;
  readonly to: Position;
  readonly south: number;
  readonly north: number;
}

/**
 * Where a ring crosses itself, on the plane of its degrees: null where it does not. A ring that
 * touches itself, at a corner or along an edge, does not cross itself there.
 *
 * Edges are taken from south to north, each beside those that reach as far north as it begins: of a
 * city's boundary these are few, so that ten thousand corners take milliseconds.
 */
export function selfCrossing(ring: readonly Position[]): Position | null {
  const edges = edgesOf(ring).map(spanned);
  edges.sort((a, b) => a.south - b.south);
  let beside: SpannedEdge[] = [];
  for (const edge of edges) {
    beside = beside.filter(({ north }) => north >= edge.south);
    for (const other of beside) {
      const crossing = crossingOf(edge, other);
      if (crossing !== null) return crossing;
    }
    beside.push(edge);
  }
  return null;
}

function spanned([from, to]: Edge): SpannedEdge {
  return { from, to, south: Math.min(from[1], to[1]), north: Math.max(from[1], to[1]) };
}

/**
 * Where each of two edges has its ends on both sides of the other; null where that is nowhere. Edges
 * with a corner in common never have: it is in the line of both, to the last bit.
 */
function crossingOf(a: SpannedEdge, b: SpannedEdge): Position | null {
  const [fromSide, toSide] = [sideOf(a, b.from), sideOf(a, b.to)];
  if (!differ(fromSide, toSide) || !differ(sideOf(b, a.from), sideOf(b, a.to))) return null;
  const share = fromSide / (fromSide - toSide);
  return [b.from[0] + share * (b.to[0] - b.from[0]), b.from[1] + share * (b.to[1] - b.from[1])];
}

/** Above 0 for a position left of an edge, below 0 right of it, 0 in its line. */
function sideOf({ from, to }: SpannedEdge, position: Position): number {
  return (to[0] - from[0]) * (position[1] - from[1]) - (to[1] - from[1]) * (position[0] - from[0]);
}

function differ(side: number, other: number): boolean {
  return (side < 0 && other > 0) || (side > 0 && other < 0);
}
