import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcess, isRunning, startOf } from './processes.mjs';

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A lock that one process at a time holds. It is a file that names its holder. */
class Lock {
  #path;
  #holder = { pid: process.pid, started: startOf(process.pid), children: [] };

  constructor(path) {
    this.#path = path;
  }

  /** One attempt. The file appears with its content or not at all. */
  tryTake() {
    const own = `${this.#path}.${process.pid}`;
    writeFileSync(own, JSON.stringify(this.#holder));
    try {
      linkSync(own, this.#path);
      return true;
    } catch (error) {
      if (error.code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(own, { force: true });
    }
  }

  /**
   * Writes down the programs that run for the holder, each the leader of a process group: when the
   * holder is killed, whoever takes the lock next ends them before it starts.
   */
  setChildren(pids) {
    this.#holder.children = pids.map((pid) => ({ pid, started: startOf(pid) }));
    const own = `${this.#path}.${process.pid}`;
    writeFileSync(own, JSON.stringify(this.#holder));
    renameSync(own, this.#path);
  }

  release() {
    if (read(this.#path)?.pid === process.pid) rmSync(this.#path, { force: true });
  }
}

/** Removes the lock of a holder that is gone, after ending what it left running. */
async function clearStale(path, holder) {
  for (const child of holder.children) await endProcess(child, { graceMs: 5_000, group: true });
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const moved = read(aside);
  if (moved?.pid !== holder.pid || moved.started !== holder.started) {
    // Somebody else had cleared it and taken the lock in between: it is theirs.
    linkSync(aside, path);
  }
  rmSync(aside, { force: true });
}

/**
 * Takes the lock at `path`, waiting for as long as another process holds it.
 * @param {string} path
 * @param {(pid: number) => void} onWait called once, with the holder's pid, if it has to wait
 */
export async function takeLock(path, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  const lock = new Lock(path);
  let said = false;
  while (!lock.tryTake()) {
    const holder = read(path);
    if (holder === undefined) continue;
    if (!isRunning(holder)) {
      await clearStale(path, holder);
      continue;
    }
    if (!said) onWait(holder.pid);
    said = true;
    await delay(200);
  }
  return lock;
}
