import { RoadNetwork } from '../../../src/geo/roads.js';

/** A segment between two nodes, with the points between them in 1e-5 degrees. */
export interface SegmentFixture {
  readonly from: number;
  readonly to: number;
  readonly class?: number;
  readonly shape?: readonly (readonly [latitude: number, longitude: number])[];
}

/** Differences from one number to the next. */
function deltas(values: readonly number[]): number[] {
  return values.map((value, index) => value - (values[index - 1] ?? 0));
}

/** A network of nodes in 1e-5 degrees, through the form in which networks are stored. */
export function networkOf(
  nodes: readonly (readonly [latitude: number, longitude: number])[],
  segments: readonly SegmentFixture[],
  classes: readonly string[] = ['primary', 'residential'],
): RoadNetwork {
  const steps = segments.flatMap(({ from, shape = [] }) =>
    shape.map(([latitude, longitude], at) => {
      const before = shape[at - 1] ?? nodes[from] ?? [0, 0];
      return [latitude - before[0], longitude - before[1]] as const;
    }),
  );
  return RoadNetwork.parse({
    unitDeg: 1e-5,
    classes,
    nodes: {
      latitudeDelta: deltas(nodes.map((node) => node[0])),
      longitudeDelta: deltas(nodes.map((node) => node[1])),
    },
    segments: {
      fromDelta: deltas(segments.map((segment) => segment.from)),
      toMinusFrom: segments.map((segment) => segment.to - segment.from),
      class: segments.map((segment) => segment.class ?? 0),
      shapePoints: segments.map((segment) => segment.shape?.length ?? 0),
    },
    shape: {
      latitudeDelta: steps.map((step) => step[0]),
      longitudeDelta: steps.map((step) => step[1]),
    },
  });
}
