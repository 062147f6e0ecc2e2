import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createLogger } from '../src/log.js';
import { describeLayers } from '../src/model/network.js';
import { loadModelFiles, type ModelFiles } from '../src/model/model-files.js';
import { parseProfile } from '../src/partition/profile-file.js';
import { addWork, meansOf, noWork, type WorkSums } from '../src/observe/work-sums.js';
import type { PlannedRun } from '../src/partition/planner/planned-run.js';
import type { NodeResources, Profile } from '../src/partition/profile.js';
import { projectDir } from '../src/project-dir.js';
import { cpuQuota, type CpuQuota } from './nodes/cpu-quota.js';
import { runDistributed, type Cluster, type DistributedRun } from './nodes/distributed.js';
import { usualMs } from './nodes/light-load.js';
import { startOwnBroker, type OwnBroker } from './nodes/own-broker.js';
import { candidates, type Candidate } from './plan/candidates.js';
import {
  isSlowlyLinked,
  nodeShare,
  scenarios,
  slowBytesPerS,
  type Scenario,
} from './plan/scenarios.js';
import {
  choiceTable,
  planPlots,
  planTable,
  stageTable,
  type Tried,
  type TriedStage,
} from './plan/tables.js';
import type { Report } from './report/report.js';
import { ComputeNode } from './seed/compute-node.js';
import { modelFolder } from './seed/job.js';

/** Divides evenly by 1, 2, 3, 4 and 6 workers. */
const lanes = 12;
/** Without a quota it takes a fifth of that. */
const warmUpS = 30;
/** Nodes that compute while one is profiled: about half of what the largest scenario has. */
const neighbours = 3;
const neighbourSliceMs = 500;
const extents = {
  whole: { warmUpItems: 20_000, runS: 12, light: { fixes: 200, fixesPerS: 20 } },
  quick: { warmUpItems: 2_000, runS: 4, light: { fixes: 40, fixesPerS: 20 } },
};

/**
 * The planner's predictions beside what its plans do: nodes are processes under quotas of processor
 * time on this machine, and one of them is behind a slow link.
 *
 * @param isQuick two equal nodes only, for seconds
 */
export async function plan(isQuick: boolean): Promise<Report> {
  const bench = await PlanBench.start(isQuick);
  try {
    const tried: Tried[] = [];
    for (const scenario of scenarios(bench.profile.node, isQuick)) {
      for (const candidate of candidates(bench.profile, scenario, lanes)) {
        process.stderr.write(`${scenario.name}: ${candidate.names.join(', ')}\n`);
        const one = await bench.run(scenario, candidate);
        process.stderr.write(
          `  ${Math.round(one.itemsPerS)}/s of ${Math.round(one.run.itemsPerS)}, ${one.latencyMs.toFixed(1)} ms of ${one.run.latencyMs.toFixed(1)}\n`,
        );
        tried.push(one);
      }
    }
    return {
      name: 'plan',
      title: 'What the planner predicts, and what its plans do',
      isQuick,
      tables: [planTable(tried), stageTable(tried), choiceTable(tried)],
      plots: planPlots(tried),
      notes: notes(bench.way),
    };
  } finally {
    await bench.close();
  }
}

class PlanBench {
  readonly profile: Profile;
  readonly #isQuick: boolean;
  readonly #model: ModelFiles;
  readonly #broker: OwnBroker;
  readonly #quotas = new Map<number, CpuQuota>();

  private constructor(isQuick: boolean, model: ModelFiles, broker: OwnBroker, profile: Profile) {
    this.#isQuick = isQuick;
    this.#model = model;
    this.#broker = broker;
    this.profile = profile;
  }

  static async start(isQuick: boolean): Promise<PlanBench> {
    const broker = await startOwnBroker(slowBytesPerS);
    try {
      const profile = await profileOfNode(broker.brokers, isQuick);
      return new PlanBench(isQuick, await loadModelFiles(modelFolder), broker, profile);
    } catch (error) {
      await broker.stop();
      throw error;
    }
  }

  /** How the nodes are held to their share. */
  get way(): string {
    return this.#quotas.values().next().value?.way ?? '';
  }

  async run({ name, nodes }: Scenario, { names, run }: Candidate): Promise<Tried> {
    const { warmUpItems, runS, light } = this.#isQuick ? extents.quick : extents.whole;
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const cluster: Cluster = {
      brokers: this.#broker.brokers,
      lanes,
      log: createLogger('bench-plan', 'error'),
    };
    const measured = await runDistributed(cluster, {
      model: this.#model,
      strategy: run.strategy,
      cuts: run.stages.slice(1).map(({ layers }) => layers.from),
      nodes: run.stages.map((stage) => stage.nodes.map((node) => this.#setupOf(byName.get(node)))),
      // By a slow link the same number would take minutes.
      warmUpItems: Math.min(warmUpItems, Math.ceil(warmUpS * run.itemsPerS)),
      items: Math.ceil(runS * run.itemsPerS),
      light,
    });
    return {
      scenario: name,
      names,
      run,
      itemsPerS: (1000 * measured.items) / measured.spanMs,
      latencyMs: usualMs(measured.latenciesMs),
      stages: stagesOf(run, nodes, measured),
    };
  }

  async close(): Promise<void> {
    for (const quota of this.#quotas.values()) await quota.close();
    await this.#broker.stop();
  }

  #setupOf(node: NodeResources | undefined): { quota: CpuQuota; brokers?: readonly string[] } {
    if (node === undefined) throw new Error('the plan names a node that is not there');
    const quota = this.#quotas.get(node.cores) ?? cpuQuota(node.cores);
    this.#quotas.set(node.cores, quota);
    return isSlowlyLinked(node) ? { quota, brokers: this.#broker.bySlowLink } : { quota };
  }
}

/** What the stages were expected to take of the processor, and what they took. */
function stagesOf(
  run: PlannedRun,
  nodes: readonly NodeResources[],
  { nodes: workers, spanMs }: DistributedRun,
): TriedStage[] {
  const shareOf = new Map(nodes.map(({ name, cores }) => [name, Math.min(cores, 1)]));
  let first = 0;
  return run.stages.map((stage) => {
    const works = workers.slice(first, first + stage.nodes.length);
    first += stage.nodes.length;
    const cpuMs = works.reduce((sum, work) => sum + work.cpuMs, 0);
    const items = works.reduce((sum, work) => sum + work.items, 0);
    const records = works.reduce((sum, work) => sum + work.records, 0);
    const shares = stage.nodes.map((node) => shareOf.get(node) ?? NaN);
    const given = shares.reduce((sum, share) => sum + share, 0);
    return {
      predictedUs: 1000 * (stage.computeMs + stage.hopMs) * Math.min(...shares),
      measuredUs: items === 0 ? null : (1000 * cpuMs) / items,
      recordItems: records === 0 ? null : items / records,
      used: cpuMs / (given * spanMs),
      batchItems: meansOf(works.reduce<WorkSums>(addWork, noWork)).batchItems,
    };
  });
}

/**
 * What `stagecoach profile` measures on one of the nodes, under its quota. While it measures what is
 * under load, other nodes compute, since all nodes of this bench share a machine's caches and
 * memory; while it measures round trips and what comes after a rest, they rest too.
 */
async function profileOfNode(brokers: readonly string[], isQuick: boolean): Promise<Profile> {
  if (isQuick) return measureProfile(brokers, isQuick, () => undefined);
  const quota = cpuQuota(nodeShare);
  const all = { from: 0, to: describeLayers(await loadModelFiles(modelFolder)).length };
  const others = await Promise.all(
    Array.from({ length: neighbours }, () => ComputeNode.start(all, quota)),
  );
  const isOver = new AbortController();
  let isLoaded = false;
  const computing = others.map(async (node) => {
    while (!isOver.signal.aborted) {
      await (isLoaded ? node.run(neighbourSliceMs) : delay(neighbourSliceMs / 10));
    }
  });
  try {
    return await measureProfile(brokers, isQuick, (step) => {
      isLoaded = /^profile: (hop|layers)/.test(step);
    });
  } finally {
    isOver.abort();
    await Promise.all(computing);
    await Promise.all(others.map((node) => node.stop()));
    await quota.close();
  }
}

/** What `stagecoach profile` measures on one of the nodes, under its quota. */
async function measureProfile(
  brokers: readonly string[],
  isQuick: boolean,
  onStep: (step: string) => void,
): Promise<Profile> {
  const quota = cpuQuota(nodeShare);
  const folder = await mkdtemp(join(tmpdir(), 'stagecoach-bench-'));
  try {
    const file = join(folder, 'profile.json');
    const main = join(projectDir(), 'dist', 'src', 'cli', 'main.js');
    const args = ['profile', '--out', file, '--no-offer', '--encodings', 'raw'];
    args.push('--brokers', brokers.join(','), ...(isQuick ? ['--quick'] : []));
    const profiling = promisify(execFile)(process.execPath, [main, ...args]);
    // Five times as long by the clock, for figures of a run that says little.
    if (!isQuick) quota.limit(profiling.child.pid ?? 0);
    profiling.child.stderr?.on('data', (text) =>
      onStep(String(text).trimEnd().split('\n').at(-1) ?? ''),
    );
    await profiling;
    return parseProfile(await readFile(file, 'utf8'));
  } finally {
    await quota.close();
    await rm(folder, { recursive: true });
  }
}

function notes(way: string): string[] {
  return [
    `Every node is a process held to its share of a core (${way}); windower, sink and broker have no quota. What the planner knows comes from stagecoach profile, run before on such a node; ${neighbours} others computed while it measured what is under load, since they share this machine’s caches.`,
    'Throughput is that of the steady part of a run whose input waits in the topic. Latency is the mean of the middle half of 200 fixes, 20 a second, from the broker’s append of the fix to that of its prediction.',
    'A plan that has several names is what each of them leads to.',
  ];
}
