import { readdir, readFile, readlink } from 'node:fs/promises';

/** The hexadecimal port and the state of a socket that listens, as /proc/net/tcp writes them. */
const listening = '0A';

async function socketsOf(port: number): Promise<Set<string>> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set<string>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(file, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const isIt = fields[1]?.endsWith(`:${wanted}`) === true && fields[3] === listening;
      if (isIt && fields[9] !== undefined) inodes.add(`socket:[${fields[9]}]`);
    }
  }
  return inodes;
}

async function holds(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const fd of fds) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    if (sockets.has(target)) return true;
  }
  return false;
}

/**
 * The process of a broker of this machine that is run by Java.
 *
 * @param address `host:port`
 * @returns null where there is none, as for a container's, and where there is no /proc
 * @see https://man7.org/linux/man-pages/man5/proc.5.html
 */
export async function brokerPid(address: string): Promise<number | null> {
  const sockets = await socketsOf(Number(address.split(':').at(-1)));
  if (sockets.size === 0) return null;
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('kafka.Kafka') && (await holds(pid, sockets))) return Number(pid);
  }
  return null;
}

/** Resident memory of a process; null where it can't be read. */
export async function residentBytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : 1024 * Number(kilobytes);
}
