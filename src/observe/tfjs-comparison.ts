/** How far the engine's probabilities are from those of tfjs-layers, or why that has none. */
export type TfjsComparison =
  { readonly windows: number; readonly largest: number } | { readonly refusal: string };

/** Several comparisons as one; null where there was none. */
export function addComparisons(parts: readonly TfjsComparison[]): TfjsComparison | null {
  const [first, ...others] = parts;
  if (first === undefined) return null;
  return others.reduce((sum, part) => {
    if ('refusal' in sum) return sum;
    if ('refusal' in part) return part;
    const largest = Math.max(sum.largest, part.largest);
    return { windows: sum.windows + part.windows, largest };
  }, first);
}
