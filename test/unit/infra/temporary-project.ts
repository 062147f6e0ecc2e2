import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectDir } from '../../../src/project-dir.js';

/** How a program ended, and all that it printed. */
export interface Ended {
  readonly status: number | null;
  readonly text: string;
}

/** A folder with the project's infra/, and programs of the test's own as its whole PATH. */
export class TemporaryProject {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'stagecoach-infra-')));
  readonly #programsDir = join(this.dir, 'programs');

  constructor() {
    cpSync(join(projectDir(), 'infra'), join(this.dir, 'infra'), { recursive: true });
    mkdirSync(this.#programsDir);
    this.write('package.json', '{"name": "stagecoach", "type": "module"}');
    this.write('tsconfig.json', '{}');
    this.write('package-lock.json', '{"packages": {"": {}}}');
  }

  write(path: string, content: string): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Puts a program on the PATH that runs JavaScript, in a module with node:fs's functions as `fs`. */
  addProgram(name: string, javaScript: string): void {
    const script = join(this.#programsDir, `${name}.mjs`);
    writeFileSync(script, `import fs from 'node:fs';\n${javaScript}`);
    const program = join(this.#programsDir, name);
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
    chmodSync(program, 0o755);
  }

  /** Starts Node with these arguments in the project. */
  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, args, {
      cwd: this.dir,
      env: {
        PATH: this.#programsDir,
        // Nobody listens there: TensorFlow's download host is out of reach.
        CDN_STORAGE: 'http://127.0.0.1:1/',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async run(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const child = this.start(args, environment);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    }
    return new Promise((resolve) => {
      child.once('close', (status) => resolve({ status, text }));
    });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
