import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runProgram } from '../program.mjs';
import { root, stateDir } from '../project.mjs';
import {
  compileAddon,
  nodeApiVersion,
  packageDir,
  requireCompiler,
  requireNodeHeaders,
  unpackLibrary,
} from './addon.mjs';
import { downloadHostAnswers } from './download-host.mjs';
import { packagesStep } from './packages.mjs';
import {
  cachedWheel,
  fetchWheel,
  requirePip,
  tensorflowVersion,
  wheelForThisMachine,
} from './wheel.mjs';
import { fillFolder, writeWhole } from './write-whole.mjs';

const stampFile = join(packageDir, '.stagecoach-native');
const depsDir = join(packageDir, 'deps');

/** Kept outside node_modules, so that npm can empty that without making this necessary again. */
const builtDir = join(
  stateDir,
  'native',
  `tensorflow-${tensorflowVersion}-${process.platform}-${process.arch}`,
);

const trial = `
  const tf = require('@tensorflow/tfjs-node');
  const product = tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0];
  if (product !== 11) throw new Error('1 * 3 + 2 * 4 came out as ' + product);
`;

async function loads() {
  return runProgram(process.execPath, ['-e', trial], {
    cwd: root,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    timeoutMs: 120_000,
  });
}

function removeInstalled() {
  rmSync(stampFile, { force: true });
  rmSync(depsDir, { recursive: true, force: true });
  rmSync(join(packageDir, 'lib'), { recursive: true, force: true });
}

let hostAnswers;

function standardWayIsOpen() {
  hostAnswers ??= downloadHostAnswers();
  return hostAnswers;
}

function requirementsForWheel() {
  if (existsSync(builtDir)) return [];
  const fetched = () => existsSync(cachedWheel(wheelForThisMachine()));
  const given = process.env.STAGECOACH_TENSORFLOW_WHEEL !== undefined;
  return [
    requireCompiler,
    requireNodeHeaders,
    async () => given || fetched() || (await requirePip()),
  ];
}

/** As the package's authors meant it: its own install script fetches the library and the addon. */
async function installStandard(report) {
  report('downloading libtensorflow');
  await runProgram('npm', ['rebuild', '@tensorflow/tfjs-node', '--foreground-scripts'], {
    cwd: root,
  });
  await loads();
}

async function installFromWheel(report) {
  for (const check of requirementsForWheel()) await check();
  if (!existsSync(builtDir)) {
    const wheel = wheelForThisMachine();
    const wheelFile = await fetchWheel(wheel, (text) => report(`downloading ${text}`));
    await fillFolder(builtDir, async (part) => {
      await unpackLibrary(wheelFile, join(part, 'deps'), (text) => report(`unpacking ${text}`));
      report('compiling the addon');
      await compileAddon(join(part, 'deps'), join(part, 'tfjs_binding.node'));
    });
    rmSync(wheelFile);
  }
  const addon = join(packageDir, `lib/napi-v${nodeApiVersion()}/tfjs_binding.node`);
  mkdirSync(dirname(addon), { recursive: true });
  copyFileSync(join(builtDir, 'tfjs_binding.node'), `${addon}.part`);
  renameSync(`${addon}.part`, addon);
  symlinkSync(relative(packageDir, join(builtDir, 'deps')), depsDir);
  report('trying it');
  await loads();
}

/** The native part of @tensorflow/tfjs-node: TensorFlow's C library and the addon over it. */
export const nativeStep = {
  title: 'native TensorFlow',
  bytes: 1_200e6,
  isUndoneBy: packagesStep,

  async isDone() {
    const addonDir = join(packageDir, 'lib');
    if (!existsSync(join(depsDir, 'lib')) || !existsSync(addonDir)) return false;
    if (existsSync(stampFile)) return true;
    // Somebody may have installed it by hand.
    const works = await loads().then(
      () => true,
      () => false,
    );
    if (works) writeWhole(stampFile, 'found\n');
    return works;
  },

  requirements: async () => ((await standardWayIsOpen()) ? [] : requirementsForWheel()),

  async run(report) {
    removeInstalled();
    if (await standardWayIsOpen()) {
      try {
        await installStandard(report);
        writeWhole(stampFile, 'standard\n');
        return;
      } catch (error) {
        report(`the standard way failed (${error.message.split('\n')[0]})`);
        removeInstalled();
      }
    }
    await installFromWheel(report);
    writeWhole(stampFile, 'wheel\n');
  },
};
