import { z } from 'zod';
import { PipelineError } from '../errors.js';
import { localDistanceM } from './distance.js';
import type { Position } from './geojson.js';

const integers = z.array(z.number().int());

const roadsFile = z.object({
  unitDeg: z.number().positive(),
  classes: z.array(z.string()).min(1),
  nodes: z.object({ latitudeDelta: integers, longitudeDelta: integers }),
  segments: z.object({
    fromDelta: integers,
    toMinusFrom: integers,
    class: integers,
    shapePoints: integers,
  }),
  shape: z.object({ latitudeDelta: integers, longitudeDelta: integers }),
});

type RoadsFile = z.infer<typeof roadsFile>;

/** A road file that can't be read. */
export class RoadsError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'INVALID_ROADS', disposition: 'fatal', cause });
  }
}

/**
 * The roads of a city as a graph. A *node* is a place where roads meet or end, a *segment* the road
 * between two nodes, and an *arc* a segment driven in one of its directions: arc `2·s` leads from
 * the first node of segment `s` to its second, arc `2·s + 1` back. Every segment is two-way.
 */
export class RoadNetwork {
  /** OpenStreetMap `highway` values; a segment's class is an index into it. */
  readonly classes: readonly string[];
  readonly nodeCount: number;
  readonly segmentCount: number;
  /** [nodeCount] degrees. */
  readonly nodeLatitude: Float64Array;
  /** [nodeCount] degrees. */
  readonly nodeLongitude: Float64Array;
  /** [segmentCount] */
  readonly segmentClass: Uint8Array;
  /** [segmentCount] metres along the road. */
  readonly segmentLengthM: Float64Array;
  /** [2·segmentCount] the node that an arc leads to. */
  readonly arcTo: Int32Array;
  /** [nodeCount + 1] where the arcs that leave a node begin in {@link arcsOfNode}. */
  readonly firstArcOfNode: Int32Array;
  /** [2·segmentCount] arcs, ordered by the node that they leave. */
  readonly arcsOfNode: Int32Array;
  /** [segmentCount + 1] where a segment's points begin in {@link pointLatitude}. */
  readonly firstPointOfSegment: Int32Array;
  /** Degrees; a segment's points from its first node to its second, both included. */
  readonly pointLatitude: Float64Array;
  readonly pointLongitude: Float64Array;

  private constructor(file: RoadsFile) {
    this.classes = file.classes;
    this.nodeCount = file.nodes.latitudeDelta.length;
    this.segmentCount = file.segments.class.length;
    this.nodeLatitude = running(file.nodes.latitudeDelta, file.unitDeg);
    this.nodeLongitude = running(file.nodes.longitudeDelta, file.unitDeg);
    this.segmentClass = Uint8Array.from(file.segments.class);
    this.arcTo = arcEnds(file);
    [this.firstArcOfNode, this.arcsOfNode] = arcsByNode(this.nodeCount, this.arcTo);
    this.firstPointOfSegment = new Int32Array(this.segmentCount + 1);
    for (let s = 0; s < this.segmentCount; s++) {
      this.firstPointOfSegment[s + 1] = at(this.firstPointOfSegment, s) + pointsOf(file, s);
    }
    const points = at(this.firstPointOfSegment, this.segmentCount);
    this.pointLatitude = new Float64Array(points);
    this.pointLongitude = new Float64Array(points);
    this.segmentLengthM = new Float64Array(this.segmentCount);
    this.#unpackShapes(file);
  }

  /**
   * Reads a network from the parsed JSON of its file.
   * @throws {RoadsError} INVALID_ROADS
   */
  static parse(json: unknown): RoadNetwork {
    const parsed = roadsFile.safeParse(json);
    if (!parsed.success) {
      throw new RoadsError(`this is no road file: ${z.prettifyError(parsed.error)}`, parsed.error);
    }
    const { nodes, segments, shape } = parsed.data;
    const sameLength =
      nodes.latitudeDelta.length === nodes.longitudeDelta.length &&
      shape.latitudeDelta.length === shape.longitudeDelta.length &&
      new Set(Object.values(segments).map((column) => column.length)).size === 1;
    if (!sameLength) throw new RoadsError('this road file has columns of different lengths');
    return new RoadNetwork(parsed.data);
  }

  /** The node that an arc leaves. */
  arcFrom(arc: number): number {
    return at(this.arcTo, arc ^ 1);
  }

  /** The course of each segment, from its first node to its second. */
  lines(): Position[][] {
    return Array.from({ length: this.segmentCount }, (_, segment) => {
      const first = at(this.firstPointOfSegment, segment);
      return Array.from(
        this.pointLatitude.subarray(first, at(this.firstPointOfSegment, segment + 1)),
        (latitude, point): Position => [at(this.pointLongitude, first + point), latitude],
      );
    });
  }

  #unpackShapes(file: RoadsFile): void {
    let shapePoint = 0;
    for (let s = 0; s < this.segmentCount; s++) {
      const first = at(this.firstPointOfSegment, s);
      const last = at(this.firstPointOfSegment, s + 1) - 1;
      this.#placeAtNode(first, at(this.arcTo, 2 * s + 1));
      this.#placeAtNode(last, at(this.arcTo, 2 * s));
      let latitude = Math.round(at(this.pointLatitude, first) / file.unitDeg);
      let longitude = Math.round(at(this.pointLongitude, first) / file.unitDeg);
      for (let point = first + 1; point < last; point++, shapePoint++) {
        latitude += file.shape.latitudeDelta[shapePoint] ?? 0;
        longitude += file.shape.longitudeDelta[shapePoint] ?? 0;
        this.pointLatitude[point] = latitude * file.unitDeg;
        this.pointLongitude[point] = longitude * file.unitDeg;
      }
      this.segmentLengthM[s] = this.#lengthM(first, last);
    }
  }

  #placeAtNode(point: number, node: number): void {
    this.pointLatitude[point] = at(this.nodeLatitude, node);
    this.pointLongitude[point] = at(this.nodeLongitude, node);
  }

  #lengthM(first: number, last: number): number {
    let lengthM = 0;
    for (let point = first; point < last; point++) {
      lengthM += localDistanceM(
        at(this.pointLatitude, point),
        at(this.pointLongitude, point),
        at(this.pointLatitude, point + 1),
        at(this.pointLongitude, point + 1),
      );
    }
    return lengthM;
  }
}

/** An element of an array by an index that is known to lie in it. */
function at(array: Int32Array | Float64Array, index: number): number {
  return array[index] ?? NaN;
}

function running(deltas: readonly number[], unitDeg: number): Float64Array {
  let sum = 0;
  return Float64Array.from(deltas, (delta) => (sum += delta) * unitDeg);
}

function pointsOf(file: RoadsFile, segment: number): number {
  return (file.segments.shapePoints[segment] ?? 0) + 2;
}

function arcEnds(file: RoadsFile): Int32Array {
  const ends = new Int32Array(2 * file.segments.class.length);
  let from = 0;
  for (let s = 0; s < file.segments.class.length; s++) {
    from += file.segments.fromDelta[s] ?? 0;
    ends[2 * s] = from + (file.segments.toMinusFrom[s] ?? 0);
    ends[2 * s + 1] = from;
  }
  return ends;
}

function arcsByNode(nodeCount: number, arcTo: Int32Array): [Int32Array, Int32Array] {
  const first = new Int32Array(nodeCount + 1);
  for (const node of arcTo) {
    if (node < 0 || node >= nodeCount) {
      throw new RoadsError(
        `a segment ends at node ${node}, but there are nodes 0…${nodeCount - 1}`,
      );
    }
    first[node + 1] = at(first, node + 1) + 1;
  }
  for (let node = 0; node < nodeCount; node++)
    first[node + 1] = at(first, node + 1) + at(first, node);
  const next = first.slice();
  const arcs = new Int32Array(arcTo.length);
  for (let arc = 0; arc < arcTo.length; arc++) {
    const from = at(arcTo, arc ^ 1);
    const slot = at(next, from);
    arcs[slot] = arc;
    next[from] = slot + 1;
  }
  return [first, arcs];
}
