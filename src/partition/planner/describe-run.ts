import type { LayerRange } from '../cuts.js';
import type { CostModel } from './cost-model.js';
import { speedUpOf } from './lane-shares.js';
import type { Place } from './places.js';
import type { PlannedRun, PlannedStage } from './planned-run.js';

/** Layers, and where their workers run. */
export interface StageOnPlaces {
  readonly layers: LayerRange;
  readonly places: readonly Place[];
}

const bitsPerByte = 8;
/** As the project that this one grew from reckons; bench/seed/energy.ts has its formula. */
const joulesPerBit = 10e-12;
/** A hop's bytes go to the broker and from it. */
const ways = 2;

/** What a plan is expected to do, by the cost model. Each stage has one place at least. */
export function describeRun(
  strategy: string,
  onPlaces: readonly StageOnPlaces[],
  model: CostModel,
  lanes: number,
): PlannedRun {
  const stages = onPlaces.map((stage) => describeStage(stage, model, lanes));
  const itemsPerS = Math.min(...stages.map((stage) => stage.itemsPerS));
  const inBytes = stages.reduce((sum, stage) => sum + stage.inBytes, 0);
  const networkBytes = ways * (inBytes + model.bytesAt(model.layerCount));
  return {
    strategy,
    stages,
    itemsPerS,
    latencyMs: onPlaces.reduce(
      (sum, { layers, places }) =>
        sum + Math.max(...places.map((place) => model.latencyMs(place, layers))),
      model.endsLatencyMs(),
    ),
    networkBytesPerS: networkBytes * itemsPerS,
    energyJPerItem: networkBytes * bitsPerByte * joulesPerBit,
    bottleneck: 1 + stages.findIndex((stage) => stage.itemsPerS === itemsPerS),
  };
}

function describeStage(
  { layers, places }: StageOnPlaces,
  model: CostModel,
  lanes: number,
): PlannedStage {
  const slowest = places.reduce((slow, place) =>
    model.itemsPerS(place, layers) < model.itemsPerS(slow, layers) ? place : slow,
  );
  const itemsPerS = model.itemsPerS(slowest, layers);
  const { processor, upload } = model.limits(slowest, layers);
  return {
    layers,
    nodes: places.map(({ node }) => node),
    computeMs: model.layersMs(layers) / slowest.speed,
    hopMs: model.hopMs(layers) / slowest.speed,
    itemsPerS: itemsPerS * speedUpOf(places.length, lanes),
    memoryBytes: model.memoryBytes(layers),
    inBytes: model.bytesAt(layers.from),
    outBytes: model.bytesAt(layers.to),
    limit: processor === itemsPerS ? 'processor' : upload === itemsPerS ? 'upload' : 'download',
  };
}
