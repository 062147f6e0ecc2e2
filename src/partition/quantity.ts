const bytesIn: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

const bitsIn: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };

function parts(text: string): { value: number; unit: string } | null {
  const found = /^\s*(\d+(?:\.\d+)?)\s*([a-z/]*)\s*$/i.exec(text);
  if (found === null) return null;
  return { value: Number(found[1]), unit: (found[2] ?? '').toLowerCase() };
}

/**
 * Bytes as people write them: a number with `B`, `kB`, `MB`, `GB`, `TB` (powers of 1,000), or with
 * `KiB`, `MiB`, `GiB`, `TiB` (powers of 1,024), in any case; without a unit it is bytes.
 *
 * @returns null for what is none
 * @example parseBytes('512 MiB') // 536870912
 */
export function parseBytes(text: string): number | null {
  const found = parts(text);
  const factor = found?.unit === '' ? 1 : bytesIn[found?.unit ?? ''];
  return found === null || factor === undefined ? null : found.value * factor;
}

/**
 * Bytes a second as people write them: bits (`bit/s`, `kbit/s`, `Mbit/s`, `Gbit/s`) or the bytes of
 * {@link parseBytes} with `/s`; without a unit it is bytes a second.
 *
 * @returns null for what is none
 * @example parseBytesPerS('100 Mbit/s') // 12500000
 */
export function parseBytesPerS(text: string): number | null {
  const found = parts(text);
  if (found === null) return null;
  if (found.unit === '') return found.value;
  const unit = /^(.+)\/s$/.exec(found.unit)?.[1] ?? '';
  const bits = bitsIn[unit];
  const factor = bits === undefined ? bytesIn[unit] : bits / 8;
  return factor === undefined ? null : found.value * factor;
}
