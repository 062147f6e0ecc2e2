import { randomUUID } from 'node:crypto';
import { connected } from '../broker/connect.js';
import { createKafka, type Admin } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { LaneWriter } from '../broker/lane-writer.js';
import { linkSamples } from '../broker/link-samples.js';
import { createPipelineTopics, createPlanTopics, stageTopic } from '../broker/topics.js';
import { defaultRules } from '../geo/windows.js';
import type { LayerWork } from '../model/profile/middle-layers.js';
import type { HostTensor } from '../model/tensor.js';
import { fitHop, hopErrorOf, type HopTime } from '../partition/hop-fit.js';
import { measuredOf } from '../partition/measured.js';
import type { FitError, HopCost, LinkProfile } from '../partition/profile.js';
import { codecTime } from '../stage/profile/codec-times.js';
import { hopCases, type HopCase } from '../stage/profile/hop-case.js';
import { hopTime } from '../stage/profile/hop-time.js';
import { restTrips } from '../stage/profile/rest-trips.js';
import type { TrialStand } from '../stage/profile/trial-stage.js';
import { noForecast, type PlanRecord } from '../wire/partition-plan.js';
import type { Encoding } from '../wire/tensor.js';
import type { CommandContext } from './global-options.js';
import type { ProfileEffort } from './profile-effort.js';

/** Lanes of the stages that are tried: their fetches and sends take turns as in a pipeline. */
const lanes = 2;

/** What is to be measured. */
export interface HopJob {
  /** `[rows, …] float32`: what crosses a cut. */
  readonly activations: HostTensor;
  readonly recordItems: number;
  readonly encodings: readonly Encoding[];
  readonly effort: ProfileEffort;
  readonly onStep: (text: string) => void;
}

/** Costs by encoding, and how far they are from what they were fitted to. */
export interface FittedHops {
  readonly hops: readonly HopCost[];
  readonly hopErrors: readonly FitError[];
}

interface EncodingTimes {
  readonly encoding: Encoding;
  readonly times: readonly HopTime[];
}

function fittedHops(measured: readonly EncodingTimes[]): FittedHops {
  const hops = measured.map(({ encoding, times }) => ({ encoding, ...fitHop(times) }));
  const hopErrors = hops.map((hop, at) => hopErrorOf(hop, measured[at]?.times ?? []));
  return { hops, hopErrors };
}

/** What it costs to take records in and to send them on, without a broker: the codecs alone. */
export function codecHops(job: HopJob): FittedHops {
  const { activations, recordItems, encodings, effort } = job;
  const cases = hopCases(activations, recordItems);
  return fittedHops(
    encodings.map((encoding) => ({
      encoding,
      times: cases.map((hop) => codecTime(hop, encoding, effort.codecSamples)),
    })),
  );
}

/** What was measured with a broker. */
export interface BrokerHops extends FittedHops {
  readonly link: LinkProfile;
  /** Resident memory of the process after a stage without a model has worked in it. */
  readonly processBytes: number;
}

/**
 * Measures hops and the connection over topics of a pipeline of its own, which is gone afterwards.
 *
 * @throws {BrokerError}, {TopicError}, {PipelineError} HOP_STALLED
 */
export async function brokerHops(
  context: CommandContext,
  job: HopJob,
  loadLayers: () => LayerWork,
): Promise<BrokerHops> {
  const pipeline = `profile-${randomUUID().slice(0, 8)}`;
  const admin = await connected(createKafka(context.client, context.log).admin());
  try {
    await createPipelineTopics(admin, pipeline, lanes);
    job.onStep('connection to the broker');
    const bandwidth = await measureBandwidth(context, admin, pipeline, job.effort.bandwidthPasses);
    const trial = new HopTrial(context, admin, pipeline, job.effort);
    const cases = hopCases(job.activations, job.recordItems);
    const [first] = cases;
    // Nothing is compiled before.
    if (first !== undefined) await trial.time(first, 'raw', () => undefined);
    const processBytes = process.memoryUsage.rss();
    const layers = loadLayers();
    const compute = (items: number): void => layers.run(items);
    const measured: EncodingTimes[] = [];
    for (const encoding of job.encodings) {
      const times: HopTime[] = [];
      for (const [at, hop] of cases.entries()) {
        job.onStep(`hop, ${encoding}, ${at + 1} of ${cases.length}`);
        times.push(await trial.time(hop, encoding, compute));
      }
      measured.push({ encoding, times });
    }
    layers.dispose();
    // All is compiled by now, as in a worker that has been at work.
    job.onStep('round trips of a stage at rest');
    const roundTripMs = measuredOf(await trial.restTrips(job.effort.roundTrips));
    return { ...fittedHops(measured), link: { roundTripMs, ...bandwidth }, processBytes };
  } finally {
    await removePipeline(admin, pipeline);
    await admin.disconnect();
  }
}

async function measureBandwidth(
  { client, log }: CommandContext,
  admin: Admin,
  pipeline: string,
  passes: number,
): Promise<Omit<LinkProfile, 'roundTripMs'>> {
  const plan = 'link';
  await createPlanTopics(admin, pipeline, plan, 1, 1);
  const kafka = createKafka(client, log);
  const io = {
    laneLog: await LaneLog.connect(kafka),
    writer: await LaneWriter.connect(kafka, log),
  };
  try {
    const samples = await linkSamples(io, stageTopic(pipeline, plan, 1), passes);
    return {
      uploadBytesPerS: measuredOf(samples.uploadsBytesPerS),
      downloadBytesPerS: measuredOf(samples.downloadsBytesPerS),
    };
  } finally {
    await Promise.all([io.laneLog.close(), io.writer.close()]);
    await removeTopics(admin, `${pipeline}.${plan}.`);
  }
}

/** Tries stages, each as a plan of its own. */
class HopTrial {
  readonly #context: CommandContext;
  readonly #admin: Admin;
  readonly #pipeline: string;
  readonly #effort: ProfileEffort;
  #plans = 0;

  constructor(context: CommandContext, admin: Admin, pipeline: string, effort: ProfileEffort) {
    this.#context = context;
    this.#admin = admin;
    this.#pipeline = pipeline;
    this.#effort = effort;
  }

  time(hop: HopCase, encoding: Encoding, compute: LayerWork['run']): Promise<HopTime> {
    return this.#withStand(encoding, (stand) => hopTime(stand, hop, this.#effort.hops, compute));
  }

  restTrips(trips: number): Promise<number[]> {
    return this.#withStand('raw', async (stand) => {
      const laneLog = await LaneLog.connect(createKafka(stand.client, stand.log));
      try {
        return await restTrips({ ...stand, laneLog }, trips);
      } finally {
        await laneLog.close();
      }
    });
  }

  async #withStand<T>(encoding: Encoding, work: (stand: TrialStand) => Promise<T>): Promise<T> {
    const { client, log } = this.#context;
    this.#plans += 1;
    const plan = barePlan(this.#pipeline, `p${this.#plans}`, encoding);
    await createPlanTopics(this.#admin, plan.pipeline, plan.name, 1, lanes);
    const writer = await LaneWriter.connect(createKafka(client, log), log);
    try {
      return await work({ client, writer, plan, log });
    } finally {
      await writer.close();
      // What is measured takes much room on the broker's disk: one at a time.
      await removeTopics(this.#admin, `${plan.pipeline}.${plan.name}.`);
    }
  }
}

function barePlan(pipeline: string, name: string, encoding: Encoding): PlanRecord {
  return {
    ...{ name, pipeline, lanes, encoding, rules: defaultRules, cuts: [] },
    ...{ modelDigest: '0'.repeat(64), topK: 1, strategy: 'manual' },
    startOffsets: Array.from({ length: lanes }, () => 0),
    createdAtMs: Date.now(),
    ...noForecast,
  };
}

async function removeTopics(admin: Admin, prefix: string): Promise<void> {
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
}

async function removePipeline(admin: Admin, pipeline: string): Promise<void> {
  const { groups } = await admin.listGroups();
  const ours = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(`${pipeline}.`));
  // A group whose worker has just left may be held for a moment: it is empty, and soon forgotten.
  await admin.deleteGroups(ours).catch(() => undefined);
  await removeTopics(admin, `${pipeline}.`);
}
