import type { LayerRange } from './cuts.js';
import type { LayerProfile, Measured, Profile } from './profile.js';

/** How the layers of a stage do: measured time over planned time, or null where it is not known. */
export interface MeasuredStage {
  readonly layers: LayerRange;
  readonly ratio: number | null;
}

/**
 * The profile as it would be if the layers took what a running pipeline has measured: the times of a
 * stage's layers times the stage's ratio. What is not known to be otherwise stays as it was, as do
 * the bytes and the costs of a hop.
 */
export function measuredProfile(profile: Profile, stages: readonly MeasuredStage[]): Profile {
  const ratioOf = (layer: number): number => {
    const stage = stages.find(({ layers }) => layer >= layers.from && layer < layers.to);
    return stage?.ratio ?? 1;
  };
  return { ...profile, layers: profile.layers.map((layer, at) => scaled(layer, ratioOf(at))) };
}

function scaled(layer: LayerProfile, ratio: number): LayerProfile {
  const times = ({ median, spread }: Measured) => ({
    median: median * ratio,
    spread: spread * ratio,
  });
  return { ...layer, times: layer.times.map(({ batch, ms }) => ({ batch, ms: times(ms) })) };
}
