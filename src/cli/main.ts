#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { messageOf, PipelineError } from '../errors.js';
import { projectDir } from '../project-dir.js';
import { deadLettersCommand } from './dead-letters.js';
import { evaluateCommand } from './evaluate.js';
import { feedCommand } from './feed.js';
import { fleetCommand } from './fleet.js';
import { importCommand } from './import.js';
import { initCommand } from './init.js';
import { planCommand } from './plan.js';
import { profileCommand } from './profile.js';
import { tellParent } from './tell-parent.js';
import { predictionsCommand } from './predictions.js';
import { statusCommand } from './status.js';
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
  // Options behind a command are that command's, down to those of a command within one.
  .enablePositionalOptions()
  .addCommand(initCommand())
  .addCommand(upCommand())
  .addCommand(feedCommand())
  .addCommand(fleetCommand())
  .addCommand(predictionsCommand())
  .addCommand(windowerCommand())
  .addCommand(stageCommand())
  .addCommand(sinkCommand())
  .addCommand(verifyCommand())
  .addCommand(deadLettersCommand())
  .addCommand(importCommand())
  .addCommand(profileCommand())
  .addCommand(planCommand())
  .addCommand(statusCommand())
  .addCommand(trainCommand())
  .addCommand(evaluateCommand());

// Whoever reads the output may have seen enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  await tellParent(messageOf(error));
  process.exit(1);
}

/** Errors of our own say all that a user needs; others need their stack. */
function describe(error: unknown): string {
  if (error instanceof PipelineError || !(error instanceof Error)) return messageOf(error);
  return error.stack ?? error.message;
}
