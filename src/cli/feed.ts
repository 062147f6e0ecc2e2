import type { Command } from 'commander';
import { clusterCommand } from './global-options.js';
export function feedCommand(): Command {
  return clusterCommand('feed');
}
