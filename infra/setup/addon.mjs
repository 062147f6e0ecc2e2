import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findProgram, runProgram } from '../program.mjs';
import { root } from '../project.mjs';
import { SetupError } from '../setup-error.mjs';
import { unzip } from './zip.mjs';
import { megabytes } from './progress.mjs';

export const packageDir = join(root, 'node_modules/@tensorflow/tfjs-node');

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** The names under which the addon's linker and the package's own scripts look for the libraries. */
const links = {
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  'libtensorflow.so.2.9.1': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
};

const headers =
  /^tensorflow\/include\/((?:tensorflow\/c\/|tensorflow\/core\/platform\/ctstring|tsl\/c\/|tsl\/platform\/ctstring|xla\/tsl\/c\/).*\.h)$/;

/** Which version of Node-API the package's addon is to be built for: it names the addon's folder. */
export function nodeApiVersion() {
  const { binary } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const current = Number(process.versions.napi);
  return Math.max(...binary.napi_versions.filter((version) => version <= current));
}

/** @throws {SetupError} when there is none */
export function requireCompiler() {
  const name = [process.env.CXX, 'g++', 'c++', 'clang++'].find(
    (candidate) => candidate !== undefined && findProgram(candidate) !== undefined,
  );
  if (name !== undefined) return name;
  throw new SetupError(
    'Found no C++ compiler (looked for $CXX, g++, c++, clang++): TensorFlow for Node is compiled here, because its ready-made build could not be downloaded. Install one (on Debian and Ubuntu: apt-get install g++) and run this again.',
  );
}

/** The folder with Node's own C headers. @throws {SetupError} when there is none */
export function requireNodeHeaders() {
  const places = [
    resolve(dirname(process.execPath), '../include/node'),
    '/usr/include/node',
    join(root, 'node_modules/node-api-headers/include'),
  ];
  const found = places.find((place) => existsSync(join(place, 'node_api.h')));
  if (found !== undefined) return found;
  throw new SetupError(
    `Found no C headers of Node (looked for node_api.h in ${places.slice(0, 2).join(' and ')}): install Node from nodejs.org, whose archive holds them, or your system's package of them (on Debian and Ubuntu: apt-get install libnode-dev).`,
  );
}

/** Unpacks TensorFlow's C libraries and headers from the wheel into `dir`/lib and `dir`/include. */
export async function unpackLibrary(wheelPath, dir, report) {
  const targetOf = (name) => {
    const library = libraries.find((file) => name === `tensorflow/${file}`);
    if (library !== undefined) return join(dir, 'lib', library);
    const header = headers.exec(name)?.[1];
    return header === undefined ? undefined : join(dir, 'include', header);
  };
  await unzip(wheelPath, targetOf, (bytes, ofBytes) => report(megabytes(bytes, ofBytes)));
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(dir, 'lib', name));
}

/** Compiles the package's addon against the library in `depsDir` into the file `target`. */
export async function compileAddon(depsDir, target) {
  await runProgram(
    requireCompiler(),
    [
      ...['-O2', '-std=c++17', '-shared', '-fPIC'],
      `-DNAPI_VERSION=${nodeApiVersion()}`,
      '-DBUILDING_NODE_EXTENSION',
      ...['-I', '.', '-I', join(depsDir, 'include'), '-I', requireNodeHeaders()],
      ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'],
      ...['-L', join(depsDir, 'lib'), '-ltensorflow', '-ltensorflow_framework'],
      // From lib/napi-vN, where the addon goes, to the package's own deps/lib.
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
      ...['-o', target],
    ],
    { cwd: packageDir },
  );
}
