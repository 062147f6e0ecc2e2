import { readFile } from 'node:fs/promises';
import { createKafka } from '../broker/kafka-client.js';
import { connected } from '../broker/connect.js';
import { LaneWriter } from '../broker/lane-writer.js';
import { createPipelineTopics, pipelineTopics } from '../broker/topics.js';
import { publishOffer } from '../control/offer-store.js';
import { ConfigError } from '../errors.js';
import { loadModelFiles, modelDigest, type ModelFiles } from '../model/model-files.js';
import { crossings, firstRows, topKOf } from '../model/profile/crossings.js';
import { measureLayers } from '../model/profile/layer-times.js';
import { middleLayers } from '../model/profile/middle-layers.js';
import { restSlowdown } from '../model/profile/rest-slowdown.js';
import type { HostTensor } from '../model/tensor.js';
import { nodeLimits } from '../node-limits.js';
import { renderProfile } from '../observe/render-profile.js';
import { styleFor } from '../observe/terminal.js';
import { parseProfile } from '../partition/profile-file.js';
import { relativeSpeed } from '../partition/relative-speed.js';
import type { BytesByEncoding, Profile } from '../partition/profile.js';
import { bytesPerItem } from '../stage/profile/records.js';
import { maxItemsPerRun } from '../stage/stage-lane.js';
import type { Encoding } from '../wire/tensor.js';
import { ready } from '../wire/zstd.js';
import {
  commandContext,
  modelFolder,
  offlineConfig,
  type CommandContext,
} from './global-options.js';
import { fullEffort, quickEffort } from './profile-effort.js';
import { brokerHops, codecHops, type BrokerHops } from './profile-hops.js';
import { profileInputs } from './profile-inputs.js';
import type { ProfileFlags } from './profile.js';
import { writeJson } from './write-json.js';

/** Items in a record of the windower under load. */
const recordItems = 64;
const batches = [1, 8, 32, 64, maxItemsPerRun];
/** Rows of activations that batches are made of: what they hold makes no difference to their time. */
const timedRows = 8;
/** Candidates in a prediction. */
const topK = 5;
/** Dozens of stages come and go: what they say in the course of that is news to nobody. */
const quiet = 'error';
/** Bytes a second of a connection that was not measured. */
const unlimited = 1e12;

/** Measures, prints the table, writes the file and sends the offer. */
export async function runProfile(flags: ProfileFlags): Promise<void> {
  const step = (text: string): void => void process.stderr.write(`profile: ${text}\n`);
  const like = flags.like === undefined ? null : parseProfile(await readFile(flags.like, 'utf8'));
  const context = flags.broker ? commandContext('profile', { logLevel: quiet, ...flags }) : null;
  const files = await loadModelFiles(modelFolder(context?.config ?? offlineConfig({ ...flags })));
  await ready();
  const measured = await measure(files, flags, context, step);
  const speed = like === null ? 1 : relativeSpeed(measured, like);
  const profile = { ...measured, node: { ...measured.node, speed } };
  process.stdout.write(`${renderProfile(profile, styleFor(process.stdout, process.env))}\n`);
  await writeJson(flags.out, profile);
  process.stdout.write(`\n Written to ${flags.out}.\n`);
  if (context === null || !flags.offer) return;
  const topic = await sendOffer(context, profile);
  process.stdout.write(` Offered on ${topic} as offer/${profile.node.name}.\n`);
}

async function measure(
  files: ModelFiles,
  flags: ProfileFlags,
  context: CommandContext | null,
  step: (text: string) => void,
): Promise<Profile> {
  const effort = flags.quick === true ? quickEffort : fullEffort;
  const { encodings } = flags;
  step('what crosses the cuts');
  const { cuts, inputs, activations } = lookAtCuts(files, encodings);
  const job = { activations, recordItems, encodings, effort, onStep: step };
  // Before the layers: the memory that is resident now is that of a stage without any.
  const hops =
    context === null
      ? withoutBroker(job)
      : await brokerHops(context, job, () => middleLayers(files, inputs));
  step('a run after a rest');
  const slowdown = await restSlowdown(files, inputs[0] ?? [], effort.restedRuns);
  const { layers, calls, rangeErrors } = await measureLayers({
    ...{ files, inputs, batches, topK: topKOf(files, topK), effort: effort.layers },
    onRound: (round) => {
      if (round === 1 || round % 5 === 0) step(`layers, round ${round}`);
    },
  });
  const { link } = hops;
  return {
    version: 1,
    modelDigest: modelDigest(files),
    measuredAtMs: Date.now(),
    node: {
      name: flags.node,
      ...nodeLimits(),
      speed: 1,
      uploadBytesPerS: link?.uploadBytesPerS.median ?? unlimited,
      downloadBytesPerS: link?.downloadBytesPerS.median ?? unlimited,
      roundTripMs: link?.roundTripMs.median ?? 0,
    },
    ...{ layers, calls, rangeErrors, cuts, recordItems, restSlowdown: slowdown },
    ...hops,
  };
}

function withoutBroker(
  job: Parameters<typeof codecHops>[0],
): Omit<BrokerHops, 'link'> & { readonly link: null } {
  job.onStep('encoding and decoding');
  return { ...codecHops(job), link: null, processBytes: process.memoryUsage.rss() };
}

/** What crosses each cut: how long it is, and some rows of it. */
function lookAtCuts(
  files: ModelFiles,
  encodings: readonly Encoding[],
): { cuts: BytesByEncoding[]; inputs: HostTensor[][]; activations: HostTensor } {
  const cuts: BytesByEncoding[] = [];
  const inputs: HostTensor[][] = [];
  let longest: HostTensor | null = null;
  for (const { tensors } of crossings(
    files,
    profileInputs(files, recordItems),
    topKOf(files, topK),
  )) {
    cuts.push(
      Object.fromEntries(
        encodings.map((encoding) => [encoding, bytesPerItem(tensors, recordItems, encoding)]),
      ),
    );
    inputs.push(tensors.map((tensor) => firstRows(tensor, timedRows)));
    for (const tensor of tensors) {
      const isLonger = tensor.data.length > (longest?.data.length ?? 0);
      if (tensor.dtype === 'float32' && isLonger) longest = firstRows(tensor, recordItems);
    }
  }
  // What comes out at the end is nobody's input.
  inputs.pop();
  if (longest === null) throw new ConfigError('The network has no layer that gives float32.');
  return { cuts, inputs, activations: longest };
}

async function sendOffer(context: CommandContext, profile: Profile): Promise<string> {
  const { client, config, log } = context;
  const kafka = createKafka(client, log);
  const admin = await connected(kafka.admin());
  const writer = await LaneWriter.connect(kafka, log);
  const topic = pipelineTopics(config.pipeline).control;
  try {
    await createPipelineTopics(admin, config.pipeline, config.lanes);
    const { node, measuredAtMs } = profile;
    const { name, ...resources } = node;
    await publishOffer(writer, topic, {
      ...{ node: name, ...resources, modelDigest: profile.modelDigest, measuredAtMs },
      profile: JSON.stringify(profile),
    });
    return topic;
  } finally {
    await Promise.all([writer.close(), admin.disconnect()]);
  }
}
