import { statfs } from 'node:fs/promises';
import { SetupError } from '../setup-error.mjs';

/** @throws {SetupError} when less than `bytes` are free where the project lies */
export async function requireDisk(dir, bytes) {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const gigabytes = (value) => `${(value / 1e9).toFixed(1)} GB`;
  throw new SetupError(
    `${gigabytes(free)} are free on the disk of ${dir}, and what is still to be installed takes ${gigabytes(bytes)}: make room there.`,
  );
}
