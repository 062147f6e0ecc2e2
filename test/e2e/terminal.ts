import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../integration/eventually.js';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js');

/** Whether this machine has the `script` of util-linux, which runs a command on a terminal. */
export function hasTerminal(): boolean {
  const { status, stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('util-linux');
}

/** A command on a terminal of its own, and somebody who types. */
export class Terminal {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #screen = '';
  /** How much of the screen has been waited for. */
  #seen = 0;

  /** @param folder that the command runs in */
  constructor(args: readonly string[], folder: string) {
    const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
    this.#child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: folder,
      env: { ...process.env, TERM: 'xterm', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (bytes) => (this.#screen += String(bytes)));
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code) => resolve(code));
    });
  }

  /** All that has been shown. */
  get screen(): string {
    return this.#screen;
  }

  /** Waits until something is shown that was not there when it was last waited, and then types. */
  async type(keys: string, when: string): Promise<void> {
    const shown = await eventually(
      `the terminal shows "${when}"`,
      () => this.#screen.slice(this.#seen),
      (text) => text.includes(when),
    );
    this.#seen += shown.indexOf(when) + when.length;
    this.#child.stdin?.write(keys);
  }

  /** Resolves with the exit code when the command has ended. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
