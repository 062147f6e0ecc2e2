import type { LayerRange } from './cuts.js';
import type { CallCost, LayerProfile, Profile } from './profile.js';

/** How the layers of a stage do: measured time over planned time, or null where it is not known. */
export interface MeasuredStage {
  readonly layers: LayerRange;
  readonly ratio: number | null;
}

/**
 * The profile as it would be if the layers took what a running pipeline has measured: a run of a
 * stage's layers takes the stage's ratio times what it took. What the engine's call costs by itself
 * stays as it was, as do bytes, hops, and layers of which nothing is known.
 */
export function measuredProfile(profile: Profile, stages: readonly MeasuredStage[]): Profile {
  const layers = [...profile.layers];
  for (const { layers: range, ratio } of stages) {
    if (ratio === null) continue;
    const run = profile.layers.slice(range.from, range.to);
    layers.splice(range.from, run.length, ...scaled(run, profile.calls, ratio));
  }
  return { ...profile, layers };
}

function scaled(
  run: readonly LayerProfile[],
  calls: readonly CallCost[],
  ratio: number,
): LayerProfile[] {
  const factorOf = (batch: number): number => {
    const callMs = calls.find((call) => call.batch === batch)?.ms ?? 0;
    const layersMs = run.reduce((sum, { times }) => sum + timeAt(times, batch), 0);
    if (layersMs === 0) return ratio;
    return Math.max(0, ratio * (layersMs + callMs) - callMs) / layersMs;
  };
  return run.map((layer) => ({
    ...layer,
    times: layer.times.map(({ batch, ms }) => {
      const factor = factorOf(batch);
      return { batch, ms: { median: ms.median * factor, spread: ms.spread * factor } };
    }),
  }));
}

function timeAt(times: LayerProfile['times'], batch: number): number {
  return times.find((time) => time.batch === batch)?.ms.median ?? 0;
}
