import { fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientOptions } from '../broker/kafka-client.js';
import { PipelineError } from '../errors.js';
import type { Audit, LaneRanges } from '../observe/run-audit.js';
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

/** What the checking process answers. */
export type AuditAnswer = { readonly audit: Audit } | { readonly error: string };

/**
 * Checks a run in a process of its own: the caller stays free to show what goes on, and what
 * TensorFlow writes to standard error goes to a log file.
 *
 * @throws {PipelineError} AUDIT where the check itself fails
 */
export async function auditInChild(job: AuditJob): Promise<Audit> {
  const dir = logDir(job.pipeline);
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
      child.send(job);
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
