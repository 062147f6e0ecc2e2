import { CellRunBuilder } from '../../geo/cell-runs.js';
import { transitionsOf } from '../../model/training/sequences.js';
import type { Grid } from '../../geo/grid.js';
import type { RejectionCode, WindowRules } from '../../geo/windows.js';
import type { FixesPart } from '../../model/training/card.js';
import type { DrivenRuns } from '../../model/training/sequences.js';
import type { Track } from '../../producer/feeds/tracks.js';

/** What the vehicles of some tracks did, and how much that is. */
export interface DrivenTracks {
  readonly runs: DrivenRuns;
  readonly data: FixesPart;
}

/**
 * The runs of cells that the live windower makes of tracks, vehicle by vehicle, if each fix comes in
 * at its own time.
 */
export function driveTracks(
  tracks: readonly Track[],
  grid: Grid,
  rules: WindowRules,
): DrivenTracks {
  const builder = new CellRunBuilder(grid, rules);
  const rejected: Partial<Record<RejectionCode, number>> = {};
  let [fixes, fromMs, toMs] = [0, Infinity, -Infinity];
  for (const { vehicleId, timesMs, latitudes, longitudes } of tracks) {
    fixes += timesMs.length;
    fromMs = Math.min(fromMs, timesMs[0] ?? Infinity);
    toMs = Math.max(toMs, timesMs.at(-1) ?? -Infinity);
    timesMs.forEach((eventTimeMs, at) => {
      const [latitude, longitude] = [latitudes[at] ?? NaN, longitudes[at] ?? NaN];
      const outcome = builder.take({ vehicleId, eventTimeMs, latitude, longitude });
      if (outcome.kind !== 'rejected') return;
      rejected[outcome.code] = (rejected[outcome.code] ?? 0) + 1;
    });
  }
  const runs = builder.finish();
  const isoTime = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : '');
  return {
    runs,
    data: {
      vehicles: tracks.length,
      from: isoTime(fromMs),
      to: isoTime(toMs),
      fixes,
      rejected,
      items: runs.cells.length,
      transitions: transitionsOf(runs),
    },
  };
}
