const joulesPerBit = 10e-12;
const bitsPerByte = 8;

/** The seed's formula in its right unit: 10 pJ for each bit that is compressed, or decompressed. Joules. */
export function energyJ(bytes: number): number {
  return bytes * bitsPerByte * joulesPerBit;
}
