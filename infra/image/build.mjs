import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findJava, hasJars, jarsDir, pomFile } from '../broker/java.mjs';
import { docker } from '../docker.mjs';
import { runProgram } from '../program.mjs';
import { SetupError } from '../setup-error.mjs';
import { fetchKafkaJars } from '../setup/kafka-jars.mjs';

const recipeDir = import.meta.dirname;
const recipeFiles = ['Dockerfile', 'KafkaInContainer.java', 'log4j.properties', 'build.mjs'];

function digestOfRecipe() {
  const hash = createHash('sha256');
  const files = [...recipeFiles.map((file) => join(recipeDir, file)), pomFile];
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 8);
}

/** The image that {@link buildKafkaImage} makes; another recipe gives another name. */
export const localKafkaImage = `stagecoach/kafka:3.9.1-${digestOfRecipe()}`;

/** What Kafka uses of Java, found by starting a broker and using it. */
const javaModules = [
  'java.base',
  // Its java.beans, which the logging library uses.
  'java.desktop',
  'java.logging',
  'java.management',
  'java.naming',
  'java.security.jgss',
  'java.security.sasl',
  'java.sql',
  'jdk.crypto.ec',
  'jdk.management',
  'jdk.unsupported',
];

/** What java.desktop brings for screens, printers and sound: it would want half of a desktop's libraries. */
const desktopLibraries =
  /lib(awt\w*|fontmanager|freetype|javajpeg|jawt|jsound|lcms|mlib_image|splashscreen)\.so$/;

function* filesUnder(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

/** The shared libraries of the system that the files need, the loader among them. */
async function systemLibraries(files, ownDir) {
  const { stdout } = await runProgram('ldd', files);
  const paths = [...stdout.matchAll(/(?:=>\s+|^\s+)(\/\S+)\s+\(0x/gm)].map((match) => match[1]);
  return [...new Set(paths)].filter((path) => !path.startsWith(ownDir));
}

async function makeJava(root, javaHome) {
  const target = join(root, 'opt/java');
  await runProgram(join(javaHome, 'bin/jlink'), [
    ...['--add-modules', javaModules.join(',')],
    ...['--strip-debug', '--no-header-files', '--no-man-pages', '--compress=0'],
    ...['--output', target],
  ]);
  for (const file of filesUnder(target)) if (desktopLibraries.test(file)) rmSync(file);
  const binaries = [...filesUnder(target)].filter((file) => file.endsWith('.so'));
  for (const library of await systemLibraries([join(target, 'bin/java'), ...binaries], target)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(realpathSync(library), join(root, library));
  }
}

async function makeKafka(root, javaHome) {
  const kafka = join(root, 'opt/kafka');
  mkdirSync(join(kafka, 'config'), { recursive: true });
  cpSync(jarsDir, join(kafka, 'libs'), { recursive: true });
  copyFileSync(join(recipeDir, 'log4j.properties'), join(kafka, 'config/log4j.properties'));
  const classes = join(kafka, 'classes');
  const source = join(recipeDir, 'KafkaInContainer.java');
  const classPath = join(jarsDir, '*');
  await runProgram(join(javaHome, 'bin/javac'), ['-cp', classPath, '-d', classes, source]);
  const jar = join(kafka, 'libs/kafka-in-container.jar');
  await runProgram(join(javaHome, 'bin/jar'), ['--create', '--file', jar, '-C', classes, '.']);
  rmSync(classes, { recursive: true });
}

function makeSystem(root) {
  for (const dir of ['etc', 'tmp', 'var/lib/kafka/data']) {
    mkdirSync(join(root, dir), { recursive: true });
  }
  chmodSync(join(root, 'tmp'), 0o1777);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/none\n');
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
}

/**
 * Builds an image with Kafka from what is on this machine, its Java and the jars that Maven has
 * fetched, for where no image registry can be reached.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} the image's name
 * @throws {SetupError} when there is no JDK 17 or later
 */
export async function buildKafkaImage(report = () => {}) {
  const found = await findJava();
  const javaHome =
    found.java === undefined ? undefined : dirname(dirname(realpathSync(found.java)));
  if (javaHome === undefined || !existsSync(join(javaHome, 'bin/jlink'))) {
    throw new SetupError(
      `Found ${found.problem ?? 'a Java without jlink'}: building a Kafka image takes a JDK, 17 or later. Install one, or name an image that can be had in KAFKA_IMAGE.`,
    );
  }
  if (!hasJars()) await fetchKafkaJars(report);
  const dir = await mkdtemp(join(tmpdir(), 'stagecoach-image-'));
  try {
    const root = join(dir, 'root');
    report('making its Java');
    await makeJava(root, javaHome);
    await makeKafka(root, javaHome);
    makeSystem(root);
    copyFileSync(join(recipeDir, 'Dockerfile'), join(dir, 'Dockerfile'));
    report('building the image');
    await docker(['build', '--quiet', '--tag', localKafkaImage, dir]);
    return localKafkaImage;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
