import { readFile } from 'node:fs/promises';
import type { LaneLog } from '../broker/lane-log.js';
import { readOffers } from '../control/offer-store.js';
import { ConfigError, messageOf } from '../errors.js';
import { discoveredNodes } from '../partition/discovered-nodes.js';
import { parseNodesFile } from '../partition/nodes-file.js';
import { parseProfile } from '../partition/profile-file.js';
import type { NodeResources, Profile } from '../partition/profile.js';

/** What a plan is made from. */
export interface PlanningInputs {
  /** Its node has speed 1. */
  readonly profile: Profile;
  /** Empty where none has offered itself for the profile's model. */
  readonly nodes: readonly NodeResources[];
}

/** Where a plan's inputs are. */
export interface InputSources {
  /** A profile file; without one the newest offer's profile. */
  readonly profile?: string;
  /** A nodes file, or `discovered`: those that have offered themselves. */
  readonly nodes: string;
}

/** The nodes that have offered themselves on the pipeline's control topic. */
export const discovered = 'discovered';

/** Whether the inputs can be had without a cluster. */
export function areFiles({ profile, nodes }: InputSources): boolean {
  return profile !== undefined && nodes !== discovered;
}

/**
 * Reads a profile and nodes from files and offers.
 *
 * @param offered the profiles that nodes have offered, asked for only where they are needed
 * @throws {ConfigError} where a file can't be read or there is no profile
 * @throws {PartitionError} PROFILE_INVALID
 */
export async function planningInputs(
  sources: InputSources,
  offered: () => Promise<readonly Profile[]>,
): Promise<PlanningInputs> {
  const profiles = areFiles(sources) ? [] : await offered();
  const found =
    sources.profile === undefined
      ? newest(profiles)
      : parseProfile(await textOf(sources.profile, 'profile'));
  const profile = { ...found, node: { ...found.node, speed: 1 } };
  if (sources.nodes !== discovered) {
    const text = await textOf(sources.nodes, 'nodes file');
    return { profile, nodes: parseNodesFile(text, sources.nodes, profile.node) };
  }
  const same = profiles.filter(({ modelDigest }) => modelDigest === profile.modelDigest);
  return { profile, nodes: discoveredNodes(same, profile) };
}

/** The profiles of the nodes that have offered themselves. */
export async function offeredProfiles(
  laneLog: LaneLog,
  controlTopic: string,
): Promise<readonly Profile[]> {
  const offers = await readOffers(laneLog, controlTopic);
  return offers.map(({ profile }) => parseProfile(profile));
}

/** @throws {ConfigError} where there is none */
function newest(profiles: readonly Profile[]): Profile {
  const [latest] = [...profiles].sort((a, b) => b.measuredAtMs - a.measuredAtMs);
  if (latest !== undefined) return latest;
  throw new ConfigError(
    'There is no profile: run "stagecoach profile" on the nodes, or name a profile file with --profile.',
  );
}

async function textOf(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`The ${what} ${file} can't be read: ${messageOf(error)}`, error);
  }
}
