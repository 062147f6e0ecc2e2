import type { LayerRange } from '../../partition/cuts.js';
import { portsOf } from '../network-tensors.js';
import type { ForeignLayer, NativeLayer } from '../layers/layer.js';
import type { Network } from '../network.js';
import type { SegmentPlan, Step } from './segment.js';

/** How a sub-model is computed. */
export interface Computation {
  readonly segments: readonly AnySegmentPlan[];
  /** For each of the sub-model's outputs, the tensor that holds its values. */
  readonly sources: readonly number[];
}

/** A segment of either kind. */
export type AnySegmentPlan =
  | ({ readonly route: 'native' } & SegmentPlan<NativeLayer>)
  | ({ readonly route: 'tfjs' } & SegmentPlan<ForeignLayer>);

type AnyStep = Step<NativeLayer> | Step<ForeignLayer>;

interface Steps {
  readonly steps: readonly AnyStep[];
  /** The tensor that holds the values of another. */
  readonly sourceOf: (tensor: number) => number;
}

/** The layers that compute something. Others stand for what they take. */
function stepsOf({ inputs, layers, takes }: Network, { from, to }: LayerRange): Steps {
  const standsFor = new Map<number, number>();
  const sourceOf = (tensor: number): number => standsFor.get(tensor) ?? tensor;
  const steps: AnyStep[] = [];
  layers.slice(from, to).forEach((layer, at) => {
    const taken = (takes[from + at] ?? []).map(sourceOf);
    const gives = inputs.length + from + at;
    if (layer.route === 'native') steps.push({ layer, takes: taken, gives });
    else if (layer.route === 'tfjs') steps.push({ layer, takes: taken, gives });
    else standsFor.set(gives, taken[0] ?? gives);
  });
  return { steps, sourceOf };
}

/** Neighbours of the same route, together. */
function runsOfRoute(steps: readonly AnyStep[]): AnyStep[][] {
  const runs: AnyStep[][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.[0]?.layer.route === step.layer.route) last.push(step);
    else runs.push([step]);
  }
  return runs;
}

const isNative = (step: AnyStep): step is Step<NativeLayer> => step.layer.route === 'native';
const isForeign = (step: AnyStep): step is Step<ForeignLayer> => step.layer.route === 'tfjs';

/**
 * How the layers of a range are computed, and in what segments: as many neighbours together as have
 * the same route.
 */
export function computationOf(network: Network, range: LayerRange): Computation {
  const { steps, sourceOf } = stepsOf(network, range);
  const sources = portsOf(network, range).outputs.map(sourceOf);
  const runs = runsOfRoute(steps);
  const segments = runs.map((run, at): AnySegmentPlan => {
    const made = run.map(({ gives }) => gives);
    const neededLater = new Set([
      ...runs
        .slice(at + 1)
        .flat()
        .flatMap(({ takes }) => takes),
      ...sources,
    ]);
    const taken = new Set(run.flatMap(({ takes }) => takes));
    const ends = {
      takes: [...taken].filter((tensor) => !made.includes(tensor)),
      gives: made.filter((tensor) => neededLater.has(tensor)),
    };
    const native = run.filter(isNative);
    return native.length > 0
      ? { route: 'native', steps: native, ...ends }
      : { route: 'tfjs', steps: run.filter(isForeign), ...ends };
  });
  return { segments, sources };
}
