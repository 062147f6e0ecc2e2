import { join } from 'node:path';
import { projectDir } from '../project-dir.js';

/** Where the processes that a command starts for a pipeline write what they log. */
export function logDir(pipeline: string): string {
  return join(projectDir(), '.stagecoach', 'logs', pipeline);
}
