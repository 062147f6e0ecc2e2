import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ballast = 'ballast';
const mebibyte = 1024 * 1024;

/**
 * A file system of so many bytes, in a mount namespace of its own that ends with this process: what
 * others see of it is behind `/proc/<pid>/root`.
 */
export class SmallDisk {
  /** Where it is, for every process of this user. */
  readonly path: string;
  readonly #holder: ChildProcess;
  readonly #mountPoint: string;

  private constructor(holder: ChildProcess, mountPoint: string) {
    this.#holder = holder;
    this.#mountPoint = mountPoint;
    this.path = `/proc/${holder.pid ?? 0}/root${mountPoint}`;
  }

  /** @returns a sentence where this system doesn't let us */
  static async mount(mebibytes: number): Promise<SmallDisk | string> {
    const mountPoint = mkdtempSync(join(tmpdir(), 'stagecoach-disk-'));
    const own = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const script = `mount -t tmpfs -o size=${mebibytes}m tmpfs ${mountPoint} && echo mounted && read end`;
    const holder = spawn('unshare', [...own, '--mount', 'sh', '-c', script], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const mounted = await new Promise<boolean>((resolve) => {
      holder.once('error', () => resolve(false));
      holder.once('exit', () => resolve(false));
      createInterface({ input: holder.stdout }).once('line', () => resolve(true));
    });
    if (mounted) return new SmallDisk(holder, mountPoint);
    rmSync(mountPoint, { recursive: true, force: true });
    return 'a full disk takes a small file system, which this system does not let us mount (Linux, with unshare)';
  }

  /** Leaves no room for a single byte more. */
  fill(): void {
    for (let number = 0; ; number += 1) {
      for (const bytes of [mebibyte, 4_096]) {
        try {
          writeFileSync(join(this.path, `${ballast}-${number}-${bytes}`), Buffer.alloc(bytes));
          break;
        } catch {
          if (bytes === 4_096) return;
        }
      }
    }
  }

  /** Makes room again, as a person would by deleting something else. */
  free(): void {
    for (let number = 0; ; number += 1) {
      const files = [mebibyte, 4_096].map((bytes) =>
        join(this.path, `${ballast}-${number}-${bytes}`),
      );
      if (!files.some((file) => existsSync(file))) return;
      for (const file of files) rmSync(file, { force: true });
    }
  }

  unmount(): void {
    this.#holder.kill('SIGKILL');
    rmSync(this.#mountPoint, { recursive: true, force: true });
  }
}
