import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

function ps(pid, field) {
  try {
    const out = execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return out.trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * When a process started, in the system's own notation, or undefined if there is no such process.
 * Together with the pid it identifies a process: the system gives the same pid out again.
 */
export function startOf(pid) {
  if (!existsSync('/proc/self/stat')) return ps(pid, 'lstart');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** The command line of a process, its arguments separated by spaces; '' if there is no such process. */
export function commandOf(pid) {
  if (!existsSync('/proc/self/stat')) return ps(pid, 'command') ?? '';
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** True while the process that was `started` then runs under `pid`. */
export function isRunning({ pid, started }) {
  return started !== undefined && startOf(pid) === started;
}

/** Waits until `condition()` holds; false when it still doesn't after `timeoutMs`. */
export async function waitUntil(condition, timeoutMs, everyMs = 50) {
  const endMs = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() >= endMs) return false;
    await delay(everyMs);
  }
  return true;
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Ends a process, identified by pid and start: SIGTERM first, SIGKILL after `graceMs`.
 * With `group`, its whole process group (it must be the leader of one).
 */
export async function endProcess({ pid, started }, { graceMs, group = false }) {
  const target = group ? -pid : pid;
  const ended = () => !isRunning({ pid, started });
  if (ended()) return;
  signal(target, 'SIGTERM');
  if (await waitUntil(ended, graceMs)) return;
  signal(target, 'SIGKILL');
  await waitUntil(ended, 10_000);
}
