import type { Command } from 'commander';
import { clusterCommand } from './global-options.js';
export function deadLettersCommand(): Command {
  return clusterCommand('dead-letters');
}
