/**
 * The bytes of four-byte elements, sorted by their place: the lowest byte of every element, then
 * the second of every element, and so on. Neighbours are alike then, and compress better.
 *
 * @param elements The elements as bits.
 */
export function shuffled(elements: Uint32Array): Uint8Array {
  const { length } = elements;
  const planes = new Uint8Array(length * 4);
  for (let i = 0; i < length; i++) {
    const bits = elements[i] ?? 0;
    planes[i] = bits;
    planes[length + i] = bits >>> 8;
    planes[2 * length + i] = bits >>> 16;
    planes[3 * length + i] = bits >>> 24;
  }
  return planes;
}

/** The elements, as bits, of which {@link shuffled} made these bytes. */
export function unshuffled(planes: Uint8Array): Uint32Array {
  const length = planes.length / 4;
  const elements = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    elements[i] =
      (planes[i] ?? 0) |
      ((planes[length + i] ?? 0) << 8) |
      ((planes[2 * length + i] ?? 0) << 16) |
      ((planes[3 * length + i] ?? 0) << 24);
  }
  return elements;
}
