import type { LayerRange } from './cuts.js';
import { nonNegativeLeastSquares } from './least-squares.js';
import { fitErrorOf } from './measured.js';
import type { FitError } from './profile.js';

/** What a run of some neighbouring layers was measured to take. */
export interface RangeTime extends LayerRange {
  readonly ms: number;
}

/** What each layer adds to a run, and what a run takes besides. */
export interface RangeFit {
  readonly layerMs: readonly number[];
  readonly callMs: number;
}

/** Errors of ranges below this share of the whole network count in milliseconds and not as shares. */
const smallShare = 0.2;
/**
 * Errors of single layers count less, by this factor: nobody makes a sub-model of a lone dropout, and
 * what its call takes says little of others. They tell apart what no other range does.
 */
const singleLayerFactor = 3;

/**
 * Layers' times whose sums come nearest to what ranges of layers take: a layer that is run alone
 * pays for its own call of the engine, which a run of many pays once.
 *
 * @param times of single layers, of the whole network and of ranges in between; at one batch size
 */
export function fitRanges(times: readonly RangeTime[], layers: number): RangeFit {
  const whole = Math.max(...times.map(({ ms }) => ms));
  const solution = nonNegativeLeastSquares(
    times.map(({ from, to, ms }) => ({
      coefficients: Array.from({ length: layers + 1 }, (_, at) =>
        at === layers || (at >= from && at < to) ? 1 : 0,
      ),
      value: ms,
      scale: Math.max(ms, smallShare * whole) * (to - from === 1 ? singleLayerFactor : 1),
    })),
  );
  return { layerMs: solution.slice(0, layers), callMs: solution[layers] ?? 0 };
}

/** What a run of layers takes by the fit. Milliseconds. */
export function rangeMs({ layerMs, callMs }: RangeFit, { from, to }: LayerRange): number {
  return layerMs.slice(from, to).reduce((sum, ms) => sum + ms, callMs);
}

/** How far a fit is from ranges that were measured and that it was not made from. */
export function rangeErrorOf(fit: RangeFit, times: readonly RangeTime[]): FitError {
  return fitErrorOf(times.map((time) => ({ found: time.ms, said: rangeMs(fit, time) })));
}
