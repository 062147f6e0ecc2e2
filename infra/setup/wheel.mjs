import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findProgram, runProgram } from '../program.mjs';
import { stateDir } from '../project.mjs';
import { SetupError } from '../setup-error.mjs';
import { megabytes } from './progress.mjs';

/** The TensorFlow whose library the addon is built against where the standard one can't be had. */
export const tensorflowVersion = '2.18.1';

/** The wheels that hold it, by Node's platform and architecture. */
const wheels = {
  'linux-x64': {
    package: 'tensorflow-cpu',
    platform: 'manylinux_2_17_x86_64',
    bytes: 230_236_181,
    sha256: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298',
  },
  'linux-arm64': {
    package: 'tensorflow',
    platform: 'manylinux_2_17_aarch64',
    bytes: 231_937_898,
    sha256: '8a6485edd2148f70d011dbd1d8dc2c775e91774a5a159466e83d0d1f21580944',
  },
};

const cacheDir = join(stateDir, 'cache');

/**
 * The wheel for this machine.
 * @throws {SetupError} where there is none that Stagecoach knows
 */
export function wheelForThisMachine() {
  const machine = `${process.platform}-${process.arch}`;
  const wheel = wheels[machine];
  const { glibcVersionRuntime } = process.report.getReport().header;
  if (wheel !== undefined && glibcVersionRuntime !== undefined) return wheel;
  const found = wheel === undefined ? machine : `${machine} without glibc`;
  throw new SetupError(
    `The native TensorFlow library for ${found} can't be had: the download host of @tensorflow/tfjs-node doesn't answer, and the other way works on Linux with glibc on x64 and arm64 only. Use such a machine, or a network that reaches storage.googleapis.com.`,
  );
}

/** Where the wheel lies once it has been fetched and verified. */
export function cachedWheel(wheel) {
  return join(cacheDir, `${wheel.package}-${tensorflowVersion}-${wheel.sha256.slice(0, 12)}.whl`);
}

/** How to call pip: the program and its first arguments, or undefined. */
async function findPip() {
  const ways = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
  for (const [program, ...args] of ways) {
    if (findProgram(program) === undefined) continue;
    const works = await runProgram(program, [...args, '--version']).then(
      () => true,
      () => false,
    );
    if (works) return [program, ...args];
  }
  return undefined;
}

/** @throws {SetupError} when there is no pip */
export async function requirePip() {
  const pip = await findPip();
  if (pip !== undefined) return pip;
  const found = findProgram('python3') === undefined ? 'no Python 3' : 'Python 3, but without pip';
  throw new SetupError(
    `Found ${found}: pip fetches the native TensorFlow library. Install it (on Debian and Ubuntu: apt-get install python3-pip), or set STAGECOACH_TENSORFLOW_WHEEL to a file of ${wheelForThisMachine().package} ${tensorflowVersion} for Python 3.11.`,
  );
}

async function sha256Of(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

function sizeUnder(dir) {
  let largest = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    // pip renames and removes its files while we look.
    const size = entry.isDirectory()
      ? sizeUnder(path)
      : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    largest = Math.max(largest, size);
  }
  return largest;
}

async function download(wheel, dir, report) {
  const pip = await requirePip();
  const timer = setInterval(() => report(megabytes(sizeUnder(dir), wheel.bytes)), 500);
  try {
    await runProgram(
      pip[0],
      [
        ...pip.slice(1),
        'download',
        '--no-deps',
        '--only-binary=:all:',
        '--disable-pip-version-check',
        '--progress-bar=off',
        `--platform=${wheel.platform}`,
        '--python-version=3.11',
        `--dest=${dir}`,
        `${wheel.package}==${tensorflowVersion}`,
      ],
      { env: { ...process.env, TMPDIR: dir } },
    );
  } catch (error) {
    throw new SetupError(
      `pip could not fetch ${wheel.package} ${tensorflowVersion}: check the network and pip's configuration, then run this again. ${error.message}`,
      error,
    );
  } finally {
    clearInterval(timer);
  }
  const file = readdirSync(dir).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new SetupError(`pip ended well but left no wheel in ${dir}.`);
  return join(dir, file);
}

/** @throws {SetupError} when the file is not the wheel that this version of Stagecoach was made with */
export async function verifyWheel(path, wheel) {
  const found = await sha256Of(path);
  if (found === wheel.sha256) return;
  throw new SetupError(
    `${basename(path)} has the SHA-256 ${found} instead of ${wheel.sha256}: the download was damaged or is another file. Run this again; if it stays so, check where pip or STAGECOACH_TENSORFLOW_WHEEL points.`,
  );
}

/**
 * Fetches the wheel through pip, whose own configuration says from where, and verifies it.
 * @returns {Promise<string>} the path of the file
 */
export async function fetchWheel(wheel, report) {
  const target = cachedWheel(wheel);
  if (statSync(target, { throwIfNoEntry: false }) !== undefined) return target;
  const dir = join(cacheDir, 'download');
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const given = process.env.STAGECOACH_TENSORFLOW_WHEEL;
  let file = join(dir, 'given.whl');
  if (given === undefined) file = await download(wheel, dir, report);
  else await copyFile(given, file);
  await verifyWheel(file, wheel);
  renameSync(file, target);
  rmSync(dir, { recursive: true, force: true });
  return target;
}
