import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that ended with an error, or couldn't be started. `output` is the end of what it printed. */
export class ProgramError extends Error {
  constructor(command, reason, output) {
    super(`${command} ${reason}${output === '' ? '' : `:\n${output}`}`);
    this.name = 'ProgramError';
    this.output = output;
  }
}

const running = new Set();
let onChange = () => {};

/** Calls `listener` with the pids of the programs that run, whenever one starts or ends. */
export function watchPrograms(listener) {
  onChange = () => listener([...running].map((child) => child.pid));
}

/** Ends every program that runs, with all that it started. */
export function endPrograms() {
  for (const child of running) {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

/** The full path of a program on the PATH, or undefined. */
export function findProgram(name, path = process.env.PATH ?? '') {
  for (const dir of path.split(delimiter)) {
    const file = join(dir === '' ? '.' : dir, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** The last lines of a program's output, without those that are empty. */
export function lastLines(text, count) {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}

/**
 * Runs a program to its end and gives what it printed.
 * It leads a process group of its own, so that it can be ended with all that it started.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, onOutput?: (text: string) => void }} [options]
 * @returns {Promise<{ stdout: string, stderr: string }>}
 * @throws {ProgramError} when it can't be started, ends with another status than 0, or takes too long
 */
export function runProgram(command, args, { cwd, env, timeoutMs, onOutput } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    let timer;
    const finish = (error) => {
      clearTimeout(timer);
      if (running.delete(child)) onChange();
      if (error === undefined) resolve(text);
      else reject(error);
    };
    child.once('error', (error) =>
      finish(new ProgramError(command, `can't be started (${error.code ?? error.message})`, '')),
    );
    if (child.pid === undefined) return;
    running.add(child);
    onChange();
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8');
      child[name].on('data', (chunk) => {
        text[name] += chunk;
        onOutput?.(chunk);
      });
    }
    let late = false;
    if (timeoutMs !== undefined) {
      timer = setTimeout(() => {
        late = true;
        process.kill(-child.pid, 'SIGKILL');
      }, timeoutMs);
    }
    child.once('close', (code, signal) => {
      if (code === 0) return finish();
      const reason = late
        ? `didn't end within ${timeoutMs / 1000} s`
        : `ended with ${signal ?? `status ${code}`}`;
      finish(new ProgramError(command, reason, lastLines(text.stdout + text.stderr, 20)));
    });
  });
}
