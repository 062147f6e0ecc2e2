const groups = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Two significant digits at least, and no decimals that say nothing. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 9.95) return groups.format(value);
  return value.toFixed(size >= 0.995 ? 1 : 2);
}

/** A whole number with its thousands apart: `1,234`. */
export function formatCount(value: number): string {
  return groups.format(value);
}

/** A whole number in at most seven characters: `999,999`, `1.2 M`, `31 G`. */
export function formatShortCount(value: number): string {
  if (value < 999_999.5) return groups.format(value);
  return value < 999.5e6 ? `${short(value / 1e6)} M` : `${short(value / 1e9)} G`;
}

/** A rate or a mean, as exact as a reader needs: `0.42`, `2.1`, `31`, `1,234`. */
export function formatMean(value: number): string {
  return short(value);
}

/** Bytes in decimal units: `80 B`, `655 kB`, `1.2 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (value < 999.5) return `${unit === 'B' ? groups.format(value) : short(value)} ${unit}`;
    value /= 1000;
  }
  return `${short(value)} TB`;
}

/** A short time: `0.42 ms`, `2.1 ms`, `412 ms`, `12.3 s`. */
export function formatMs(ms: number): string {
  if (ms < 999.5) return `${short(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  return formatElapsed(ms);
}

/** A long time: `0:07`, `12:05`, `1:02:03`. */
export function formatElapsed(ms: number): string {
  const totalS = Math.floor(ms / 1000);
  const seconds = String(totalS % 60).padStart(2, '0');
  const minutes = Math.floor(totalS / 60) % 60;
  const hours = Math.floor(totalS / 3600);
  return hours === 0
    ? `${minutes}:${seconds}`
    : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** A share of 1: `41.3 %`. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A number and what it counts. @example counted(1, 'fix', 'fixes') // '1 fix' */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
