import { setTimeout as delay } from 'node:timers/promises';
import type { ClientOptions } from '../../broker/kafka-client.js';
import type { LaneWriter } from '../../broker/lane-writer.js';
import { stageTopic } from '../../broker/topics.js';
import { messageOf, PipelineError } from '../../errors.js';
import type { Logger } from '../../log.js';
import type { HostTensor } from '../../model/tensor.js';
import type { PlanRecord } from '../../wire/partition-plan.js';
import { encodeTensorBatch } from '../../wire/tensor-batch.js';
import type { RowModel } from '../stage-logic.js';
import { startStage } from '../stage-runner.js';
import { recordOf } from './records.js';

/** Where a stage is tried. */
export interface TrialStand {
  readonly client: ClientOptions;
  readonly writer: Pick<LaneWriter, 'send'>;
  /** Of one stage; its topics are empty. */
  readonly plan: PlanRecord;
  readonly log: Logger;
}

/** What is tried, for an error to say. */
export interface TrialSubject {
  readonly model: RowModel;
  /** Items in each record. */
  readonly items: number;
}

/** Waits until something is there. */
export type Until = <T>(look: () => T | null | Promise<T | null>) => Promise<T>;

const patienceMs = 60_000;
const lookEveryMs = 20;

/**
 * Runs a stage's own worker in this process, with all that it does, while `work` lasts.
 *
 * @throws {PipelineError} HOP_STALLED where the worker fails, or what `work` waits for does not come
 */
export async function withTrialStage<T>(
  { plan, log, client }: TrialStand,
  { model, items }: TrialSubject,
  work: (until: Until) => Promise<T>,
): Promise<T> {
  let failure: unknown = null;
  const worker = await startStage({
    ...{ client, plan, log, stage: 1, stages: 1, model },
    name: 'profile',
    sessionTimeoutMs: 30_000,
    stallTimeoutMs: 10 * patienceMs,
    // Nothing is planned of it.
    deviationFactor: Infinity,
    onNotice: (notice) => log.warn(notice),
    onFatal: (error) => {
      failure ??= error;
    },
  });
  try {
    return await work(async (look) => {
      const deadlineMs = Date.now() + patienceMs;
      for (;;) {
        const found = await look();
        if (found !== null) return found;
        if (failure !== null || Date.now() > deadlineMs) throw stalled(items, failure);
        await delay(lookEveryMs);
      }
    });
  } finally {
    await worker.stop();
  }
}

/** Puts a record of so many items, the rows from `from` on, into a lane of the stage's topic. */
export async function sendRecord(
  { writer, plan }: TrialStand,
  lane: number,
  input: HostTensor,
  { items, from }: { readonly items: number; readonly from: number },
): Promise<void> {
  const value = encodeTensorBatch(recordOf(plan.name, [input], items, from), plan.encoding);
  await writer.send(stageTopic(plan.pipeline, plan.name, 1), lane, [{ key: null, value }]);
}

function stalled(items: number, cause: unknown): PipelineError {
  const why = cause === null ? `within ${patienceMs / 1000} s` : `: ${messageOf(cause)}`;
  return new PipelineError(
    `A stage that was to be measured with records of ${items} ${items === 1 ? 'item' : 'items'} has not come to their end ${why}. Look at the broker's log, or leave it out with --no-broker.`,
    { code: 'HOP_STALLED', disposition: 'fatal', cause },
  );
}
