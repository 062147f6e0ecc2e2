import { PipelineError } from '../../errors.js';
import { rankingDepth } from '../training/hits.js';
import { fitMarkov } from '../training/markov.js';
import { accuracyOf, leadOver } from './accuracy.js';
import { resampleVehicles } from './bootstrap.js';
import { breakdownOf } from './breakdown.js';
import { calibrationOf } from './calibration.js';
import { judgeBaseline } from './judged.js';
import { keepsDirection } from './keeps-direction.js';
import { vehiclesOf } from './vehicles.js';
import type { CellRuns, DrivenRuns } from '../training/sequences.js';
import type { Sampling } from './accuracy.js';
import type { Accuracy, BaselineName, Evaluation, Lead } from './figures.js';
import type { Judged, ScoredJudged } from './judged.js';
import type { CityView } from './places.js';

/** How intervals are made. */
export interface BootstrapOptions {
  /** Fleets that are drawn. */
  readonly replicates: number;
  readonly seed: number;
}

interface Rated {
  readonly judged: Judged<DrivenRuns>;
  readonly accuracy: Accuracy;
}

/**
 * Judges a network against the baselines, which are fitted on what it was trained on.
 *
 * @param model what the network said of the test items
 * @throws {PipelineError} TOO_LITTLE_TEST_DATA if there is no item
 */
export function evaluate(
  model: ScoredJudged<DrivenRuns>,
  training: CellRuns,
  city: CityView,
  bootstrap: BootstrapOptions,
): Evaluation {
  const { items } = model;
  if (items.positions.length === 0) {
    throw new PipelineError(
      'No vehicle of the test data entered two cells on one trip: there is nothing to judge a model on. Test with more vehicles or hours.',
      { code: 'TOO_LITTLE_TEST_DATA', disposition: 'fatal' },
    );
  }
  const vehicles = vehiclesOf(items);
  const { replicates, seed } = bootstrap;
  const sampling: Sampling = {
    vehicles,
    resamples: resampleVehicles(vehicles.count, replicates, seed),
  };
  const rate = (judged: Judged<DrivenRuns>): Rated => ({
    judged,
    accuracy: accuracyOf(judged, city.places, sampling),
  });
  const ours = rate(model);
  const markov = fitMarkov(training, rankingDepth);
  const baselines: Record<BaselineName, Rated> = {
    firstOrderMarkov: rate(judgeBaseline(items, markov.firstOrder)),
    secondOrderMarkov: rate(judgeBaseline(items, markov.secondOrder)),
    keepsDirection: rate(judgeBaseline(items, keepsDirection(city.places, rankingDepth))),
  };
  const { firstOrderMarkov, secondOrderMarkov } = baselines;
  const lead = (baseline: Rated): Lead => leadOver(ours, baseline, sampling);
  return {
    items: items.positions.length,
    vehicles: vehicles.count,
    bootstrap: { replicates, seed },
    accuracy: {
      model: ours.accuracy,
      firstOrderMarkov: firstOrderMarkov.accuracy,
      secondOrderMarkov: secondOrderMarkov.accuracy,
      keepsDirection: baselines.keepsDirection.accuracy,
    },
    leads: {
      firstOrderMarkov: lead(firstOrderMarkov),
      secondOrderMarkov: lead(secondOrderMarkov),
      keepsDirection: lead(baselines.keepsDirection),
    },
    breakdown: breakdownOf(model, city, sampling),
    calibration: calibrationOf(model),
  };
}
