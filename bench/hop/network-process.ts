/** The network in a process of its own: what crosses its cuts, what it costs, what float16 changes. */
import { compileSubModel, type SubModel } from '../../src/model/engine/sub-model.js';
import { loadModelFiles, type ModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { referenceFiles } from '../../src/model/reference.js';
import type { HostTensor } from '../../src/model/tensor.js';
import { balanced } from '../../src/partition/balanced.js';
import { subModelRanges, type LayerRange } from '../../src/partition/cuts.js';
import { modelFolder, realWindows, type Windows } from '../city/real-windows.js';
import { cpuMs, serve } from '../process/serve.js';
import { measureHalves, type HalvesEffect } from './halves.js';

/** Of which network, and how much. */
export interface CutJob {
  /** Its width: 128 is the trained network, all others have random weights. */
  readonly width: number;
  /** Real windows that go through it. */
  readonly items: number;
  /** Items in a run of the engine. */
  readonly perRecord: number;
  /** Processor time that the cost of the sub-model is taken over. Milliseconds. */
  readonly measureMs: number;
}

/** What crosses the first cut of three sub-models, and what the second one costs. */
export interface CutFound {
  /** `[items, steps, width] float32` */
  readonly activations: Float32Array;
  readonly itemShape: readonly number[];
  /** Layers of the second sub-model. */
  readonly range: LayerRange;
  /** Processor time of the second sub-model for one record. Milliseconds. */
  readonly computeMs: number;
}

/** Sub-models of the reference job. */
const stages = 3;
const trainedWidth = 128;

function filesOf(width: number): Promise<ModelFiles> {
  if (width === trainedWidth) return loadModelFiles(modelFolder);
  return referenceFiles({ cellCount: 1455, units: width });
}

function rangesOf(files: ModelFiles): LayerRange[] {
  const layers = describeLayers(files);
  return subModelRanges(balanced.cut(layers, stages), layers.length);
}

function cellsOf({ cells, steps }: Windows, from: number, to: number): HostTensor {
  const data = cells.slice(from * steps, to * steps);
  return { name: 'cells', dtype: 'int32', shape: [to - from, steps], data };
}

/** The first sub-model's output for all windows. */
function crossing(first: SubModel, windows: Windows, perRecord: number): Float32Array {
  const parts: Float32Array[] = [];
  for (let from = 0; from < windows.count; from += perRecord) {
    const input = cellsOf(windows, from, Math.min(from + perRecord, windows.count));
    const data = first.run([{ ...input, name: first.inputs[0]?.name ?? '' }])[0]?.data;
    if (data instanceof Float32Array) parts.push(data.slice());
  }
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

/** Mean processor time of a run with the first rows of `data`. Milliseconds. */
function costOf(model: SubModel, data: Float32Array, { perRecord, measureMs }: CutJob): number {
  const [spec] = model.inputs;
  const itemShape = spec?.itemShape ?? [];
  const width = itemShape.reduce((product, size) => product * size, 1);
  const input: HostTensor = {
    ...{ name: spec?.name ?? '', dtype: 'float32', shape: [perRecord, ...itemShape] },
    data: data.subarray(0, perRecord * width),
  };
  model.run([input]);
  const startMs = cpuMs();
  let runs = 0;
  while (runs < 2 || cpuMs() - startMs < measureMs) {
    model.run([input]);
    runs += 1;
  }
  return (cpuMs() - startMs) / runs;
}

/** What it can be asked for. */
const handlers = {
  async cut(job: CutJob): Promise<CutFound> {
    const files = await filesOf(job.width);
    const [before, range] = rangesOf(files);
    if (before === undefined || range === undefined) throw new Error('there are no sub-models');
    const first = await compileSubModel(files, before);
    const windows = realWindows(job.items, 'hop');
    const activations = crossing(first, windows, job.perRecord);
    first.dispose();
    const second = await compileSubModel(files, range);
    const computeMs = costOf(second, activations, job);
    second.dispose();
    return { activations, itemShape: second.inputs[0]?.itemShape ?? [], range, computeMs };
  },
  async halves(items: number): Promise<HalvesEffect> {
    const files = await loadModelFiles(modelFolder);
    const models: SubModel[] = [];
    for (const range of rangesOf(files)) models.push(await compileSubModel(files, range));
    return measureHalves(models, realWindows(items, 'halves'));
  },
};

export type NetworkHandlers = typeof handlers;

serve(handlers);
