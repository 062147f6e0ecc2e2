/**
 * Floats that the native kernels compute at once (AVX). They compute what is left over at the end of
 * a row or of a tensor one by one, with other roundings in `exp`, `tanh`, `rsqrt`; so batches, and
 * rows that such a function works through, are padded to a multiple of this. Then an item's bits do
 * not depend on its neighbours (test/unit/model/engine.test.ts).
 */
export const vectorLength = 8;

/** The next multiple of {@link vectorLength}. */
export function padToVector(count: number): number {
  return Math.ceil(count / vectorLength) * vectorLength;
}
