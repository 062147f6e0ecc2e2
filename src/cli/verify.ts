import type { Command } from 'commander';
import { clusterCommand } from './global-options.js';
export function verifyCommand(): Command {
  return clusterCommand('verify');
}
