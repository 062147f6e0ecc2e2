import { fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ClientOptions } from '../broker/kafka-client.js';
import { PipelineError } from '../errors.js';
import type { Audit, LaneRanges } from '../observe/run-audit.js';
import { addComparisons } from '../observe/tfjs-comparison.js';
import { addVerdicts } from '../observe/verdict.js';
import { logDir } from './log-dir.js';

/** What is to be checked, and where. */
export interface AuditJob {
  readonly client: ClientOptions;
  readonly pipeline: string;
  readonly plan: string;
  readonly fixes: LaneRanges;
  readonly predictions: LaneRanges;
  readonly deadLetters: LaneRanges;
  /** Windows that are compared with tfjs-layers' own prediction; 0 leaves that out. */
  readonly tfjsWindows: number;
}

/** What a checking process is told: its share of the lanes is those whose number leaves `remainder`. */
export interface AuditShare extends AuditJob {
  readonly processes: number;
  readonly remainder: number;
}

/** What a checking process answers. */
export type AuditAnswer = { readonly audit: Audit } | { readonly error: string };

/**
 * Checks a run in processes of their own, one for each core, which share its lanes: the caller stays
 * free to show what goes on, and what TensorFlow writes to standard error goes to a log file.
 *
 * @throws {PipelineError} AUDIT where the check itself fails
 */
export async function auditInChildren(job: AuditJob): Promise<Audit> {
  const processes = Math.max(1, Math.min(availableParallelism(), job.fixes.from.length));
  const audits = await Promise.all(
    Array.from({ length: processes }, (_, remainder) => {
      const tfjsWindows = Math.ceil(job.tfjsWindows / processes);
      return auditInChild({ ...job, tfjsWindows, processes, remainder });
    }),
  );
  return {
    verdict: addVerdicts(audits.map(({ verdict }) => verdict)),
    tfjs: addComparisons(audits.flatMap(({ tfjs }) => tfjs ?? [])),
  };
}

async function auditInChild(share: AuditShare): Promise<Audit> {
  const dir = logDir(share.pipeline);
  mkdirSync(dir, { recursive: true });
  const logFile = openSync(join(dir, 'audit.log'), 'a');
  const child = fork(join(import.meta.dirname, 'audit-process.js'), {
    stdio: ['ignore', logFile, logFile, 'ipc'],
    // Ctrl-C ends the run that is checked, not its check.
    detached: true,
  });
  closeSync(logFile);
  try {
    const answer = await new Promise<AuditAnswer>((resolve) => {
      child.once('message', (message: AuditAnswer) => resolve(message));
      child.once('exit', (code, signal) => {
        const how = signal === null ? `exit code ${code ?? 0}` : signal;
        resolve({ error: `its process ended with ${how}` });
      });
      child.send(share);
    });
    if ('audit' in answer) return answer.audit;
    throw new PipelineError(`The run can't be checked: ${answer.error} (see ${dir}/audit.log)`, {
      code: 'AUDIT',
      disposition: 'fatal',
    });
  } finally {
    child.kill();
  }
}
