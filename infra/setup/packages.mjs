import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runProgram } from '../program.mjs';
import { root } from '../project.mjs';
import { SetupError } from '../setup-error.mjs';
import { writeWhole } from './write-whole.mjs';

const lockFile = join(root, 'package-lock.json');
const installedFile = join(root, 'node_modules/.package-lock.json');
const stampFile = join(root, 'node_modules/.stagecoach-packages');

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** No compiled package depends on Node's version: all of them use Node-API. */
function wantedStamp() {
  const digest = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  return `${digest} ${process.platform}-${process.arch}\n`;
}

/** npm lists what it installed in a file of its own, the last that it writes. */
function installedMatches() {
  const installed = readPackages(installedFile);
  return Object.entries(readPackages(lockFile)).every(
    ([path, wanted]) =>
      path === '' ||
      wanted.optional === true ||
      wanted.devOptional === true ||
      wanted.peer === true ||
      (installed[path]?.version === wanted.version &&
        installed[path]?.integrity === wanted.integrity),
  );
}

function requireNpm() {
  if (findProgram('npm') !== undefined) return;
  throw new SetupError(
    'Found no npm on the PATH: install the npm that belongs to this Node, or Node from nodejs.org, which brings it.',
  );
}

/** npm's packages, as the lock file has them. Their install scripts do not run. */
export const packagesStep = {
  title: 'npm packages',
  bytes: 450e6,

  isDone() {
    if (!existsSync(installedFile)) return false;
    if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wantedStamp()) return true;
    if (!installedMatches()) return false;
    writeWhole(stampFile, wantedStamp());
    return true;
  },

  requirements: () => [requireNpm],

  async run(report) {
    const paths = Object.entries(readPackages(lockFile))
      .filter(([path, entry]) => path !== '' && entry.optional !== true)
      .map(([path]) => join(root, path, 'package.json'));
    const timer = setInterval(() => {
      report(`${paths.filter((path) => existsSync(path)).length} of ${paths.length} packages`);
    }, 1_000);
    try {
      await runProgram(
        'npm',
        ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
        { cwd: root },
      );
    } finally {
      clearInterval(timer);
    }
    writeWhole(stampFile, wantedStamp());
  },
};
