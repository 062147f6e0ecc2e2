import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectDir } from '../../src/project-dir.js';

/** The cluster of `KAFKA_BROKERS`; without it the local broker, which is started where it does not run. */
export async function runningBrokers(): Promise<string[]> {
  const script = join(projectDir(), 'infra', 'broker.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'start']);
  return stdout.trim().split(',');
}
