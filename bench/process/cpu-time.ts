import { readFileSync } from 'node:fs';

/** The kernel's unit of processor time, `USER_HZ`: 100 a second on all of Linux's usual machines. */
const msPerTick = 10;

/**
 * Processor time that a process has used with all of its threads, in milliseconds, to 10 ms; null
 * where there is no such process.
 *
 * @see proc_pid_stat(5): fields 14 (utime) and 15 (stime)
 */
export function cpuMsOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return msPerTick * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return null;
  }
}
