import { relativeSpeed } from './relative-speed.js';
import type { NodeResources, Profile } from './profile.js';

/**
 * The nodes that have offered themselves, with speeds as a plan by one of their profiles needs them:
 * 1 is a core of the node of that profile.
 *
 * @param profiles of the same model, one a node
 * @param base the profile that is planned by
 * @throws {PartitionError} PROFILE_INVALID where two profiles can't be compared
 */
export function discoveredNodes(
  profiles: readonly Profile[],
  base: Profile,
): readonly NodeResources[] {
  return profiles.map((profile) => ({
    ...profile.node,
    speed: relativeSpeed(profile, base) / base.node.speed,
  }));
}
