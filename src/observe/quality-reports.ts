import { qualityWindowsMs } from '../wire/quality-window.js';
import type { WorkerReport } from '../wire/worker-report.js';
import { qualityFigures, type QualityFigures } from './quality-figures.js';

/** How good a plan's predictions are, by all of its sinks together. */
export interface LiveQualityFigures {
  readonly lastFiveMinutes: QualityFigures;
  readonly lastHour: QualityFigures;
  /** Of the sinks that are heard of. */
  readonly sinceStart: QualityFigures;
}

/** What a sink said longer ago than this is no part of its last hour. */
const staleAfterMs = 10_000;

/** Adds up what the sinks of a plan report of their predictions' quality. */
export class QualityReports {
  /** The last report of each process that there ever was. */
  readonly #last = new Map<string, { report: WorkerReport; receivedAtMs: number }>();

  /** @param receivedAtMs by the reader's clock */
  take(report: WorkerReport, receivedAtMs: number): void {
    if (report.quality.length === 0) return;
    const process = `${report.worker} ${report.startedAtMs}`;
    const known = this.#last.get(process);
    if (known !== undefined && report.timeMs < known.report.timeMs) return;
    this.#last.set(process, { report, receivedAtMs });
  }

  /**
   * Lately, by the sinks that are heard of.
   *
   * @param nowMs by the clock of `receivedAtMs`
   */
  live(nowMs: number): LiveQualityFigures {
    const heard = [...this.#last.values()].filter(
      ({ receivedAtMs }) => nowMs - receivedAtMs < staleAfterMs,
    );
    const figures = (windowMs: number): QualityFigures =>
      figuresOf(
        heard.map(({ report }) => report),
        windowMs,
      );
    return {
      lastFiveMinutes: figures(qualityWindowsMs.fiveMinutes),
      lastHour: figures(qualityWindowsMs.hour),
      sinceStart: figures(qualityWindowsMs.sinceStart),
    };
  }

  /** Since the sinks started, also those that have ended. */
  total(): QualityFigures {
    const all = [...this.#last.values()].map(({ report }) => report);
    return figuresOf(all, qualityWindowsMs.sinceStart);
  }
}

function figuresOf(reports: readonly WorkerReport[], windowMs: number): QualityFigures {
  return qualityFigures(
    reports.flatMap(({ quality }) => quality.filter((window) => window.windowMs === windowMs)),
  );
}
