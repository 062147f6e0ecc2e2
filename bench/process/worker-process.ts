/** A worker of a pipeline in a process of its own, of which a bench asks what it has used. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientOptions } from '../../src/broker/kafka-client.js';
import type { RunningWorker, WorkerOptions } from '../../src/broker/worker-environment.js';
import { Grid } from '../../src/geo/grid.js';
import { createLogger } from '../../src/log.js';
import { gridPath } from '../../src/model/model-files.js';
import { projectDir } from '../../src/project-dir.js';
import type { StagePosition } from '../../src/stage/stage-lane.js';
import type { RowModel } from '../../src/stage/stage-logic.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import { ready } from '../../src/wire/zstd.js';
import { copyModel } from './copy-model.js';
import { serve } from './serve.js';

/** What every worker is told. */
export interface WorkerJob {
  readonly client: ClientOptions;
  readonly plan: PlanRecord;
}

/** What a stage runs. */
export type StageWork =
  /** Nothing: rows of `[steps, width]` go on as they are. */
  | { readonly kind: 'copy'; readonly itemShape: readonly number[] }
  /** Layers of the model in a folder. */
  | {
      readonly kind: 'layers';
      readonly folder: string;
      readonly from: number;
      readonly to: number;
      readonly topK: number | undefined;
    };

let running: RunningWorker | null = null;

function optionsOf({ client, plan }: WorkerJob, name: string): WorkerOptions {
  return {
    client: { ...client, clientId: name },
    ...{ name, plan, sessionTimeoutMs: 6_000, stallTimeoutMs: 600_000 },
    log: createLogger(name, 'error'),
    onNotice: (notice) => process.stderr.write(`${name}: ${notice}\n`),
    onFatal: (error) => {
      throw error;
    },
  };
}

async function daejeon(): Promise<Grid> {
  return Grid.read(await readFile(join(projectDir(), 'models', 'daejeon', gridPath)));
}

async function modelOf(work: StageWork): Promise<RowModel> {
  if (work.kind === 'copy') return copyModel(work.itemShape);
  const { loadModelFiles } = await import('../../src/model/model-files.js');
  const { compileSubModel } = await import('../../src/model/engine/sub-model.js');
  const { folder, from, to, topK } = work;
  return compileSubModel(await loadModelFiles(folder), { from, to, topK });
}

/** What it can be asked for. */
const handlers = {
  async startWindower(job: WorkerJob): Promise<void> {
    const { startWindower } = await import('../../src/producer/windower-runner.js');
    running = await startWindower(optionsOf(job, 'windower-0'), await daejeon());
  },
  async startStage(job: WorkerJob & StagePosition & { work: StageWork }): Promise<void> {
    const { startStage } = await import('../../src/stage/stage-runner.js');
    await ready();
    const { stage, stages } = job;
    const options = optionsOf(job, `stage-${stage}-0`);
    running = await startStage({
      ...options,
      stage,
      stages,
      model: await modelOf(job.work),
      deviationFactor: 1.25,
    });
  },
  async startSink(job: WorkerJob): Promise<void> {
    const { startSink } = await import('../../src/sink/sink-runner.js');
    running = await startSink(optionsOf(job, 'sink-0'), await daejeon());
  },
  /** Lanes that it reads now. */
  openLanes: (): number =>
    running?.health().lanes.filter(({ state }) => state === 'open').length ?? 0,
  /** Items that it has written. */
  items: (): number => running?.health().items ?? 0,
  stop: (): Promise<void> | undefined => running?.stop(),
};

export type WorkerHandlers = typeof handlers;

serve(handlers);
