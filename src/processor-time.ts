/**
 * Processor time that this process has used, all threads together. Milliseconds. Unlike a clock it
 * stands still while a quota or a neighbour keeps the process from running.
 */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
