/** Base and shift by the nine bits of sign and exponent of a float32. */
const bases = new Uint16Array(512);
const shifts = new Uint8Array(512);
/** The float32 of each float16, as bits: 256 kB, and one look-up an element. */
const floatBits = new Uint32Array(65536);

for (let sign = 0; sign < 2; sign++) {
  const signBit = sign << 15;
  for (let biased = 0; biased < 256; biased++) {
    const exponent = biased - 127;
    const index = (sign << 8) | biased;
    // The significand keeps its implicit bit, which adds one to the exponent of a normal number.
    if (exponent > 15) {
      bases[index] = signBit | 0x7c00;
      shifts[index] = 25;
    } else if (exponent >= -14) {
      bases[index] = signBit | ((exponent + 14) << 10);
      shifts[index] = 13;
    } else {
      bases[index] = signBit;
      shifts[index] = Math.min(25, -exponent - 1);
    }
  }
}
for (let half = 0; half < 65536; half++) {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) {
    // Math.clz32 counts from bit 31: a subnormal's first set bit becomes the implicit one.
    const lead = Math.clz32(fraction) - 21;
    const normal = ((113 - lead) << 23) | (((fraction << lead) & 0x3ff) << 13);
    floatBits[half] = sign | (fraction === 0 ? 0 : normal);
  } else {
    floatBits[half] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
}

/**
 * IEEE 754 binary16 of each float32: rounded to the nearest, ties to even; beyond ±65,519 infinite.
 * A NaN stays a NaN.
 *
 * @param bits The float32 values as bits.
 */
export function toHalf(bits: Uint32Array): Uint16Array {
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i] ?? 0;
    const shift = shifts[value >>> 23] ?? 0;
    const base = bases[value >>> 23] ?? 0;
    const significand = (value & 0x7fffff) | 0x800000;
    if (shift === 25) {
      halves[i] = (value & 0x7fffffff) > 0x7f800000 ? nanOf(value) : base;
    } else {
      const odd = (significand >> shift) & 1;
      halves[i] = base + ((significand + (1 << (shift - 1)) - 1 + odd) >> shift);
    }
  }
  return halves;
}

/**
 * The float32 of each IEEE 754 binary16; every one has one exactly.
 *
 * @returns The float32 values as bits.
 */
export function fromHalf(halves: Uint16Array): Uint32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = floatBits[halves[i] ?? 0] ?? 0;
  return bits;
}

/** Keeps the payload's high bits; a payload of which none would stay becomes 1. */
function nanOf(bits: number): number {
  const fraction = (bits >> 13) & 0x3ff;
  return ((bits >>> 16) & 0x8000) | 0x7c00 | (fraction === 0 ? 1 : fraction);
}
