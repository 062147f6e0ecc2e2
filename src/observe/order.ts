/**
 * Which of some numbers stand out of ascending order: the positions of the fewest that would have to
 * be moved to put all in order (those outside a longest increasing subsequence). Two neighbours that
 * changed places count once.
 *
 * @param values distinct numbers
 * @see https://en.wikipedia.org/wiki/Longest_increasing_subsequence
 */
export function positionsOutOfOrder(values: readonly number[]): readonly number[] {
  /** At each length, where the subsequence of that length with the smallest end ends. */
  const ends: number[] = [];
  const before = new Int32Array(values.length).fill(-1);
  values.forEach((value, position) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[position] = low === 0 ? -1 : (ends[low - 1] ?? -1);
    ends[low] = position;
  });
  const inOrder = new Set<number>();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) inOrder.add(at);
  return values.flatMap((_, position) => (inOrder.has(position) ? [] : [position]));
}
