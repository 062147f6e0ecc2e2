#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { messageOf, PipelineError } from '../errors.js';
import { projectDir } from '../project-dir.js';
import { deadLettersCommand } from './dead-letters.js';
import { feedCommand } from './feed.js';
import { fleetCommand } from './fleet.js';
import { trainCommand } from './train.js';
import { upCommand } from './up.js';
import { verifyCommand } from './verify.js';
import { sinkCommand, stageCommand, windowerCommand } from './worker-commands.js';

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(projectDir(), 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return '0';
  return String(manifest.version);
}

const program = new Command('stagecoach')
  .description('Runs a deep network as a pipeline of sub-models over Apache Kafka.')
  .version(version())
  .showHelpAfterError('(--help shows the options)')
  .addCommand(upCommand())
  .addCommand(feedCommand())
  .addCommand(fleetCommand())
  .addCommand(windowerCommand())
  .addCommand(stageCommand())
  .addCommand(sinkCommand())
  .addCommand(verifyCommand())
  .addCommand(deadLettersCommand())
  .addCommand(trainCommand());

try {
  await program.parseAsync();
} catch (error) {
  const known = error instanceof PipelineError;
  process.stderr.write(
    `${known ? messageOf(error) : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}
