import prometheus from 'prom-client';
import { qualityWindowsMs, type QualityWindow } from '../wire/quality-window.js';
import { qualityFigures } from './quality-figures.js';

/** What the windows are called in the label `window`. */
const windowNames: ReadonlyMap<number, string> = new Map([
  [qualityWindowsMs.fiveMinutes, '5m'],
  [qualityWindowsMs.hour, '1h'],
]);

/** Hits are counted among so many candidates. */
const depths = [1, 3, 5] as const;

/** What came true of a sink's predictions, for Prometheus: counts, that those of several add up. */
export class QualityMetrics {
  readonly #scored: prometheus.Gauge<'window'>;
  readonly #hits: prometheus.Gauge<'window' | 'top'>;
  readonly #medianError: prometheus.Gauge<'window'>;
  readonly #binPredictions: prometheus.Gauge<'window' | 'bin'>;
  readonly #binProbability: prometheus.Gauge<'window' | 'bin'>;
  readonly #binHits: prometheus.Gauge<'window' | 'bin'>;

  constructor(registry: prometheus.Registry) {
    const registers = [registry];
    this.#scored = new prometheus.Gauge({
      name: 'stagecoach_scored_predictions',
      help: 'Predictions of which the next cell became known within the window',
      labelNames: ['window'],
      registers,
    });
    this.#hits = new prometheus.Gauge({
      name: 'stagecoach_prediction_hits',
      help: 'Of the scored, those with the next cell among their best candidates, so many as "top"',
      labelNames: ['window', 'top'],
      registers,
    });
    this.#medianError = new prometheus.Gauge({
      name: 'stagecoach_median_error_metres',
      help: 'Of the scored, from the best candidate to the next cell, in metres; absent without any',
      labelNames: ['window'],
      registers,
    });
    this.#binPredictions = new prometheus.Gauge({
      name: 'stagecoach_reliability_predictions',
      help: 'Scored predictions, by the probability of their best candidate: "bin" is its lower end',
      labelNames: ['window', 'bin'],
      registers,
    });
    this.#binProbability = new prometheus.Gauge({
      name: 'stagecoach_reliability_probability_sum',
      help: 'Sum of the probabilities of the best candidates in the bin',
      labelNames: ['window', 'bin'],
      registers,
    });
    this.#binHits = new prometheus.Gauge({
      name: 'stagecoach_reliability_hits',
      help: 'Predictions of the bin whose best candidate was the next cell',
      labelNames: ['window', 'bin'],
      registers,
    });
  }

  /** @param windows of workers other than sinks there are none */
  set(windows: readonly QualityWindow[]): void {
    for (const counts of windows) {
      const window = windowNames.get(counts.windowMs);
      if (window !== undefined) this.#setWindow(window, counts);
    }
  }

  #setWindow(window: string, counts: QualityWindow): void {
    this.#scored.set({ window }, counts.scored);
    for (const depth of depths) this.#hits.set({ window, top: depth }, counts[`top${depth}`]);
    const { medianErrorM } = qualityFigures([counts]);
    if (medianErrorM === null) this.#medianError.remove({ window });
    else this.#medianError.set({ window }, medianErrorM);
    for (const [part, { predictions, probabilitySum, hits }] of counts.reliability.entries()) {
      const bin = (part / counts.reliability.length).toFixed(1);
      this.#binPredictions.set({ window, bin }, predictions);
      this.#binProbability.set({ window, bin }, probabilitySum);
      this.#binHits.set({ window, bin }, hits);
    }
  }
}
