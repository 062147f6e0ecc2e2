/**
 * Runs compiled tests: `node infra/test.mjs <suite…> [flags for node]`, where a suite is a folder of
 * test/. All files run under one `node --test`, so that its summary counts all of them.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './project.mjs';

/**
 * A file that takes so long hangs: it fails by its name, and the others go on. The longest, the
 * faults, takes about four minutes.
 */
const hangsAfterMs = 20 * 60_000;

/** They share a broker, a daemon and the machine's cores: one file after the other. */
const oneByOne = ['integration', 'e2e', 'fault'];

function* compiledTests(dir) {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* compiledTests(path);
    else if (entry.name.endsWith('.test.js')) yield path;
  }
}

/** The compiled test files of a suite, without those whose source is gone. */
function filesOf(suite) {
  const dist = join(root, 'dist');
  const files = [...compiledTests(join(dist, 'test', suite))];
  return files
    .map((file) => relative(dist, file))
    .filter((file) => existsSync(join(root, file.replace(/\.js$/, '.ts'))))
    .map((file) => join('dist', file))
    .sort();
}

const suites = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const empty = suites.filter((suite) => filesOf(suite).length === 0);

if (suites.length === 0 || empty.length > 0) {
  const problem =
    suites.length === 0
      ? 'Usage: node infra/test.mjs <suite…> [flags for node]'
      : `No compiled tests in test/${empty.join(', test/')}: is the name right, and has \`npm run build\` run?`;
  process.stderr.write(`${problem}\n`);
  process.exitCode = 2;
} else {
  const settings = [];
  if (!flags.some((flag) => flag.startsWith('--test-reporter'))) {
    // Both end with the counts; tap, even where tests fail.
    settings.push(`--test-reporter=${process.stdout.isTTY ? 'spec' : 'tap'}`);
  }
  settings.push(`--test-timeout=${hangsAfterMs}`);
  // A connection that a test has left open must not keep the files after it from running.
  settings.push('--test-force-exit');
  const inTurn = suites.some((suite) => oneByOne.includes(suite));
  settings.push(`--test-concurrency=${inTurn ? 1 : availableParallelism()}`);
  const files = suites.flatMap(filesOf);
  const child = spawn(process.execPath, ['--test', ...settings, ...flags, ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  // Ctrl-C reaches the child by itself; we stay to give its status.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
