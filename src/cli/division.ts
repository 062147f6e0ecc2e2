import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Config } from '../config.js';
import type { Deployment } from '../control/deployment.js';
import { ConfigError, messageOf } from '../errors.js';
import { defaultRules } from '../geo/windows.js';
import { modelDigest, type ModelFiles } from '../model/model-files.js';
import { describeLayers } from '../model/network.js';
import { checkTakesWindows } from '../model/next-cell.js';
import { cutsOf, forecastOf, parsePlanFile, type PlanOrders } from '../partition/plan-file.js';
import type { PlanForecast } from '../wire/partition-plan.js';
import type { Encoding } from '../wire/tensor.js';

/** Candidates in a prediction. */
const topK = 5;

/** How a network is divided, and how many run each part. */
export interface Division {
  readonly strategy: string;
  /** Index of the first layer of sub-models 2 … K. */
  readonly cuts: readonly number[];
  /** Workers of each stage. */
  readonly workers: readonly number[];
  readonly encoding: Encoding;
  /** What was predicted of it, where anything was. */
  readonly forecast?: PlanForecast;
}

/** A model's files, and where they are from. */
export interface NamedModel {
  /** A folder. */
  readonly model: string;
  readonly files: ModelFiles;
  /** The card that is with them; null where there is none. */
  readonly card: Buffer | null;
  /** A new plan even where the active one would do. */
  readonly newPlan?: boolean;
}

/**
 * What a command deploys of a model that is divided in a certain way.
 *
 * @throws {ModelError} where windower and sink can't serve the model
 */
export function deploymentOf(
  { pipeline, lanes }: Config,
  { model, files, card, newPlan }: NamedModel,
  { strategy, cuts, encoding, forecast }: Division,
): Deployment {
  checkTakesWindows(files, defaultRules.steps);
  return {
    ...{ pipeline, lanes, strategy, cuts, encoding, topK },
    modelName: basename(model),
    model: files,
    ...(card === null ? {} : { card }),
    rules: defaultRules,
    ...(forecast === undefined ? {} : { forecast }),
    newPlan: newPlan === true,
  };
}

/**
 * The division that a plan file orders.
 *
 * @throws {ConfigError} where the file is no plan, or was made for another model or other lanes
 */
export async function divisionInFile(
  file: string,
  config: Config,
  model: ModelFiles,
): Promise<Division> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError(`The plan file ${file} can't be read: ${messageOf(error)}`, error);
  });
  return divisionOf(parsePlanFile(text, file), config, model);
}

/**
 * The division that a plan orders.
 *
 * @throws {ConfigError} where it was made for another model or other lanes
 */
export function divisionOf(
  { modelDigest: planned, lanes, encoding, chosen }: PlanOrders,
  config: Config,
  model: ModelFiles,
): Division {
  const found = modelDigest(model);
  const layers = describeLayers(model).length;
  if (planned !== found || chosen.stages.at(-1)?.layers.to !== layers) {
    throw new ConfigError(
      `The plan was made for the model ${planned.slice(0, 12)}, and this one is ${found.slice(0, 12)} ` +
        `with ${layers} layers: name its folder with --model, or profile this one and plan again.`,
    );
  }
  if (lanes !== config.lanes) {
    throw new ConfigError(
      `The plan was made for ${lanes} lanes, and the pipeline has ${config.lanes}: plan again with --lanes ${config.lanes}.`,
    );
  }
  return {
    ...{ strategy: chosen.strategy, encoding, cuts: cutsOf(chosen) },
    workers: chosen.stages.map(({ nodes }) => nodes.length),
    forecast: forecastOf(chosen),
  };
}
