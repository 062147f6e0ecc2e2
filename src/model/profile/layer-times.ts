import type { LayerRange } from '../../partition/cuts.js';
import { measuredOf, uncertaintyOf } from '../../partition/measured.js';
import type { CallCost, FitError, LayerProfile, Measured } from '../../partition/profile.js';
import { fitRanges, rangeErrorOf } from '../../partition/range-fit.js';
import { processorMs } from '../../processor-time.js';
import { subModelOf, type SubModel } from '../engine/sub-model.js';
import { readNetwork, type Network } from '../network.js';
import type { ModelFiles } from '../model-files.js';
import type { HostTensor } from '../tensor.js';
import { fittedRanges, heldOutRanges } from './ranges.js';
import { RepeatedRows } from './repeated-rows.js';

/** How long is measured. */
export interface LayerEffort {
  readonly leastRounds: number;
  readonly mostRounds: number;
  /** No round begins after this. Milliseconds. */
  readonly mostMs: number;
  /** The whole network is divided evenly into 2, 3, … up to so many ranges, which are all measured. */
  readonly mostParts: number;
  /** Ranges that the layers' times are judged by. */
  readonly heldOut: number;
}

/** What is to be measured. */
export interface LayerTimesOptions {
  readonly files: ModelFiles;
  /** Some rows of what crosses the cut before each layer. */
  readonly inputs: readonly (readonly HostTensor[])[];
  /** Items in a batch. */
  readonly batches: readonly number[];
  readonly topK: number | undefined;
  readonly effort: LayerEffort;
  /** Told when a round has ended. */
  readonly onRound: (round: number) => void;
}

/** What was measured. */
export interface LayerTimes {
  readonly layers: readonly LayerProfile[];
  readonly calls: readonly CallCost[];
  /** By batch size. */
  readonly rangeErrors: readonly FitError[];
  readonly rounds: number;
}

/** Of the median: what is stable enough. */
const uncertaintyWanted = 0.01;
/** Shorter ranges than this share of the whole network need not be stable by themselves. */
const importantShare = 0.2;
/** A sample has as many runs as take so long. */
const sampleMs = 2;

/** A range that is measured again and again. */
interface Subject extends LayerRange {
  readonly model: SubModel;
  /** By batch size: how many runs make a sample, and the samples up to now. */
  readonly runs: readonly { readonly repeats: number; readonly samplesMs: number[] }[];
}

/**
 * Measures what each layer takes, by batch size: processor time of this process, on one thread.
 * Layers by themselves, ranges of several and the whole network take turns, so that whatever else
 * the machine does hits all alike; what each layer adds to a run of neighbours comes from all of
 * them together ({@link fitRanges}). Rounds go on until the medians are stable.
 *
 * @throws {ModelError} as `compileSubModel`
 */
export async function measureLayers(options: LayerTimesOptions): Promise<LayerTimes> {
  const { files, batches, effort } = options;
  const network = readNetwork(files);
  const count = network.layers.length;
  const fitted = fittedRanges(count, effort.mostParts);
  const heldOut = heldOutRanges(count, effort.heldOut);
  const subjects: Subject[] = [];
  try {
    for (const range of [...fitted, ...heldOut]) subjects.push(subjectOf(options, network, range));
    const rounds = await runRounds(options, subjects);
    const byBatch = batches.map((_, at) => {
      const times = subjects.map((subject) => ({ ...subject, ms: medianOf(subject, at).median }));
      const fit = fitRanges(times.slice(0, fitted.length), count);
      return { fit, error: rangeErrorOf(fit, times.slice(fitted.length)) };
    });
    return {
      layers: network.layers.map(({ cost, route }, layer) => ({
        name: cost.name,
        className: cost.className,
        route,
        weightsBytes: cost.weightsBytes,
        workingBytes: cost.outputBytes,
        times: batches.map((batch, at) => {
          const alone = subjects[layer];
          const spread = alone === undefined ? 0 : medianOf(alone, at).spread;
          return { batch, ms: { median: byBatch[at]?.fit.layerMs[layer] ?? 0, spread } };
        }),
      })),
      calls: batches.map((batch, at) => ({ batch, ms: byBatch[at]?.fit.callMs ?? 0 })),
      rangeErrors: byBatch.map(({ error }) => error),
      rounds,
    };
  } finally {
    for (const { model } of subjects) model.dispose();
  }
}

function medianOf({ runs }: Subject, at: number): Measured {
  return measuredOf(runs[at]?.samplesMs ?? []);
}

/** What a sub-model takes of all that crosses the cut before it. */
function taken(model: SubModel, tensors: readonly HostTensor[] = []): HostTensor[] {
  return model.inputs.flatMap((spec) => tensors.find(({ name }) => name === spec.name) ?? []);
}

function subjectOf(
  { inputs, batches, topK }: LayerTimesOptions,
  network: Network,
  { from, to }: LayerRange,
): Subject {
  const isLast = to === inputs.length;
  const model = subModelOf(network, { from, to, topK: isLast ? topK : undefined });
  const rows = new RepeatedRows();
  const runs = batches.map((batch) => {
    const tensors = taken(model, inputs[from]).map((tensor) => rows.batch(tensor, batch));
    model.run(tensors);
    const startMs = processorMs();
    model.run(tensors);
    const onceMs = Math.max(processorMs() - startMs, 0.01);
    return { repeats: Math.ceil(sampleMs / onceMs), samplesMs: [] };
  });
  return { from, to, model, runs };
}

async function runRounds(
  { inputs, batches, effort, onRound }: LayerTimesOptions,
  subjects: readonly Subject[],
): Promise<number> {
  const rows = new RepeatedRows();
  const startMs = performance.now();
  for (let round = 1; ; round += 1) {
    for (const [at, batch] of batches.entries()) {
      for (const { from, model, runs } of subjects) {
        const tensors = taken(model, inputs[from]).map((tensor) => rows.batch(tensor, batch));
        const { repeats = 1, samplesMs } = runs[at] ?? {};
        // The one before has left its own weights in the caches; in a stage nothing comes between.
        model.run(tensors);
        const beganMs = processorMs();
        for (let run = 0; run < repeats; run += 1) model.run(tensors);
        samplesMs?.push((processorMs() - beganMs) / repeats);
      }
      // Signals and timers have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    onRound(round);
    if (round < effort.leastRounds) continue;
    const isLate = performance.now() - startMs > effort.mostMs;
    if (isLate || round >= effort.mostRounds || batches.every((_, at) => isStable(subjects, at))) {
      return round;
    }
  }
}

function isStable(subjects: readonly Subject[], at: number): boolean {
  const medians = subjects.map((subject) => medianOf(subject, at));
  const wholeMs = Math.max(...medians.map(({ median }) => median));
  return subjects.every(({ runs }, index) => {
    const measured = medians[index];
    if (measured === undefined || measured.median < importantShare * wholeMs) return true;
    return uncertaintyOf(measured, runs[at]?.samplesMs.length ?? 0) <= uncertaintyWanted;
  });
}
