import { cutsOf } from '../partition/plan-file.js';
import type { PlannedRun } from '../partition/planner/planned-run.js';
import { counted } from './figures.js';
import { describeRun, layerList } from './plan-sentences.js';

/** What a plan that runs is like, as far as advice needs it. */
export interface RunningDivision {
  readonly cuts: readonly number[];
  /** Workers of each stage. */
  readonly workers: readonly number[];
}

/** A gain below this is not worth another plan: predictions are not that exact. */
const leastGain = 1.02;

/**
 * What would help a stage that is slower than planned, in words behind "stage 2 is 1.8× slower than
 * planned; ".
 *
 * @param stage 1 … K
 * @param best what a planner makes of the measured times
 * @param gain the throughput of `best` over that of the running division, both by measured times
 */
export function adviceOn(
  stage: number,
  running: RunningDivision,
  best: PlannedRun,
  gain: number,
): string {
  const change = gain < leastGain ? null : changeOf(stage, running, best);
  if (change === null) return 'no other cut helps';
  return `\`stagecoach plan --measured\` suggests ${change}, for ${gain.toFixed(2)} × the items/s`;
}

/** What is said where nothing is known to plan by. */
export const noProfileAdvice =
  'with a profile (`stagecoach profile`), `stagecoach plan --measured` tells what would help';

function changeOf(stage: number, running: RunningDivision, best: PlannedRun): string | null {
  const cuts = cutsOf(best);
  if (cuts.length !== running.cuts.length) return `another number of stages: ${describeRun(best)}`;
  const moves = [
    moved(stage, 'last', running.cuts[stage - 1], cuts[stage - 1]),
    moved(stage, 'first', cuts[stage - 2], running.cuts[stage - 2]),
  ].filter((move) => move !== null);
  if (moves.length > 0) return moves.join(' and ');
  if (cuts.join() !== running.cuts.join()) return `to cut before ${layerList(cuts)}`;
  const workers = best.stages.map(({ nodes }) => nodes.length);
  const [had = 0, gets = 0] = [running.workers[stage - 1], workers[stage - 1]];
  if (gets > had) return `${counted(gets, 'worker')} for it in place of ${had}`;
  return workers.join() === running.workers.join() ? null : `workers ${workers.join('+')}`;
}

/** Layers at an end of a stage that go to its neighbour; `cut` comes to lie at `to`, which is before it. */
function moved(
  stage: number,
  end: 'first' | 'last',
  cut: number | undefined,
  to: number | undefined,
): string | null {
  if (cut === undefined || to === undefined || to >= cut) return null;
  const count = cut - to;
  const layers = count === 1 ? `its ${end} layer` : `its ${end} ${count} layers`;
  return `moving ${layers} to stage ${end === 'last' ? stage + 1 : stage - 1}`;
}
