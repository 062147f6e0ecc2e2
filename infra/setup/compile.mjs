import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../program.mjs';
import { root } from '../project.mjs';
import { SetupError } from '../setup-error.mjs';
import { writeWhole } from './write-whole.mjs';

const stampFile = join(root, 'dist/.stagecoach-sources');

function* sources(dir) {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith('ts')) yield path;
  }
}

function digestOfSources() {
  const hash = createHash('sha256');
  const files = ['src', 'test', 'bench', 'infra'].flatMap((name) => [...sources(join(root, name))]);
  for (const file of [
    join(root, 'tsconfig.json'),
    join(root, 'package-lock.json'),
    ...files.sort(),
  ]) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return `${hash.digest('hex')}\n`;
}

/** TypeScript to dist/. */
export const compileStep = {
  title: 'compile',
  bytes: 20e6,

  isDone() {
    return (
      existsSync(join(root, 'dist/src')) &&
      existsSync(stampFile) &&
      readFileSync(stampFile, 'utf8') === digestOfSources()
    );
  },

  requirements: () => [],

  async run() {
    const digest = digestOfSources();
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    try {
      await runProgram(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: root });
    } catch (error) {
      throw new SetupError(
        `TypeScript found errors; correct them and run this again.\n${error.output}`,
        error,
      );
    }
    writeWhole(stampFile, digest);
  },
};
