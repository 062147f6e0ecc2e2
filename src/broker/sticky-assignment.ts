/** A member of a consumer group, and the lanes that it had in the generation before. */
export interface GroupMember {
  readonly id: string;
  readonly owned: readonly number[];
}

/**
 * Shares lanes out evenly (their numbers differ by one at most) so that as few as possible move:
 * each member keeps what it had up to its share, and what is left over goes to those with fewest.
 * Every member that computes it gets the same answer.
 *
 * @returns the lanes of each member, ascending, by member id
 */
export function assignSticky(
  members: readonly GroupMember[],
  lanes: readonly number[],
): Map<string, number[]> {
  const ordered = [...members].sort(
    (a, b) => b.owned.length - a.owned.length || (a.id < b.id ? -1 : 1),
  );
  const free = new Set(lanes);
  const share = Math.floor(lanes.length / Math.max(1, members.length));
  let extra = lanes.length - share * members.length;
  const assigned = new Map<string, number[]>();
  for (const { id, owned } of ordered) {
    const claims = [...new Set(owned)].filter((lane) => free.has(lane)).sort((a, b) => a - b);
    const mayKeep = share + (extra > 0 && claims.length > share ? 1 : 0);
    const kept = claims.slice(0, mayKeep);
    if (kept.length > share) extra -= 1;
    for (const lane of kept) free.delete(lane);
    assigned.set(id, kept);
  }
  const hungry = [...assigned.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const lane of [...free].sort((a, b) => a - b)) {
    hungry.sort(([, a], [, b]) => a.length - b.length);
    hungry[0]?.[1].push(lane);
  }
  for (const list of assigned.values()) list.sort((a, b) => a - b);
  return assigned;
}
