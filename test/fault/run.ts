import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { enduredFaults, sessionTimeoutMs, toldFaults } from './all-faults.js';
import { runFault, startArena, type Row } from './campaign.js';
import { FaultCluster } from './cluster.js';
import { isSound } from './judge.js';
import { renderTotals, renderTable } from './table.js';

interface Flags {
  readonly seed: number;
  readonly json?: string;
  readonly only?: string;
  readonly short?: boolean;
}

const program = new Command('test:fault')
  .description(
    'injects faults into a pipeline on a cluster of three brokers, and judges what comes out',
  )
  .addOption(
    new Option('--seed <n>', 'of the moments and the choices').argParser(Number).default(1),
  )
  .option('--json <file>', 'write the table there too')
  .option('--only <words>', 'only faults whose names have one of these in them, comma-separated')
  .option('--short', 'each fault once')
  .parse();
const flags = program.opts<Flags>();
const wanted = flags.only?.split(',') ?? [''];
const isWanted = ({ name }: { readonly name: string }): boolean =>
  wanted.some((word) => name.includes(word));
const timesOf = ({ times }: { readonly times: { full: number; short: number } }): number =>
  flags.short === true ? times.short : times.full;

const startedMs = Date.now();
const rows: Row[] = [];
const skipped: string[] = [];

function say(text: string): void {
  process.stdout.write(`${((Date.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
}

function note(row: Row): void {
  rows.push(row);
  const { fault, injected, expected } = row;
  const verdict = isSound(row) ? `all ${expected} predictions are right` : row.faults.join('; ');
  say(`${isSound(row) ? '✔' : '✘'} ${fault} × ${injected}: ${verdict}`);
}

say(`seed ${flags.seed}; a silent worker loses its lanes after ${sessionTimeoutMs / 1000} s`);
const cluster = await FaultCluster.start();
try {
  say(`three brokers are up (${cluster.how})`);
  const endured = enduredFaults.filter(isWanted);
  if (endured.length > 0) {
    const arena = await startArena(cluster, flags.seed, sessionTimeoutMs);
    try {
      say(`the pipeline is at work: ${arena.stand.workers.names.join(', ')}`);
      for (const fault of endured) note(await runFault(arena, fault, timesOf(fault)));
    } finally {
      await arena.stand.stop();
    }
  }
  for (const fault of toldFaults.filter(isWanted)) {
    for (let count = 0; count < timesOf(fault); count += 1) {
      const came = await fault.run(cluster, flags.seed, sessionTimeoutMs);
      if (typeof came !== 'string') note(came);
      else skipped.push(`${fault.name}: ${came}`);
    }
  }
} finally {
  await cluster.stop();
}

const seconds = Math.round((Date.now() - startedMs) / 1000);
const result = { seed: flags.seed, seconds, how: cluster.how, sessionTimeoutMs, rows, skipped };
process.stdout.write(`${renderTable(rows)}\n${renderTotals(result)}\n`);
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(result, null, 2)}\n`);
process.exit(rows.length > 0 && rows.every(isSound) ? 0 : 1);
