import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  loadConfig,
  loadOfflineConfig,
  type Config,
  type ConfigSources,
  type OfflineConfig,
} from '../config.js';
import { createLogger, logLevels, type Logger } from '../log.js';
import { projectDir } from '../project-dir.js';
import type { ClientOptions } from '../broker/kafka-client.js';

/** A command that talks to a cluster, with the options that all of them take. */
export function clusterCommand(name: string): Command {
  return new Command(name)
    .addOption(new Option('--config <file>', 'JSON file with settings (default: stagecoach.json)'))
    .addOption(new Option('--brokers <list>', 'host:port,… (default: $KAFKA_BROKERS, else local)'))
    .addOption(new Option('--pipeline <name>', 'name that its topics begin with (default: taxi)'))
    .addOption(new Option('--lanes <n>', 'Kafka partitions of each topic (default: 6)'))
    .addOption(
      new Option('--session-timeout-ms <n>', 'a silent worker loses its lanes (default: 6000)'),
    )
    .addOption(
      new Option(
        '--stall-timeout-ms <n>',
        'lanes that stand still are begun anew (default: 60000)',
      ),
    )
    .addOption(
      new Option(
        '--deviation-factor <x>',
        'what takes more than x times the planned time is told of (default: 1.25)',
      ),
    )
    .addOption(new Option('--log-level <level>', 'what is logged').choices(logLevels));
}

/** What every command that talks to a cluster begins with. */
export interface CommandContext {
  readonly config: Config;
  readonly client: ClientOptions;
  readonly log: Logger;
}

/**
 * Reads the configuration of a command.
 *
 * @param name what the process is called in logs and by the broker, such as `stage-2`
 * @throws {ConfigError} with all that is wrong
 */
export function commandContext(
  name: string,
  options: Readonly<Record<string, unknown>>,
): CommandContext {
  const config = loadConfig({ ...configSources(options), projectDir: projectDir() });
  return {
    config,
    client: { brokers: config.brokers, clientId: name },
    log: createLogger(name, config.logLevel),
  };
}

/**
 * Reads the configuration of a command that asks no broker.
 *
 * @throws {ConfigError} with all that is wrong
 */
export function offlineConfig(options: Readonly<Record<string, unknown>>): OfflineConfig {
  return loadOfflineConfig(configSources(options));
}

/** Where the settings of a command come from that was given these options, `--config` among them. */
export function configSources(
  options: Readonly<Record<string, unknown>>,
): Omit<ConfigSources, 'projectDir'> {
  const { config: file, ...flags } = options;
  return {
    file: typeof file === 'string' ? file : undefined,
    environment: process.env,
    flags,
  };
}

/** The option that names a model's folder, before environment and file. */
export function modelOption(description = 'folder with model.json and grid.json'): Option {
  return new Option('--model <dir>', `${description} (default: the setting, else Daejeon’s)`);
}

/** The folder of the model that is meant: the one that comes with the program where none is named. */
export function modelFolder({ model }: Pick<OfflineConfig, 'model'>): string {
  return model ?? join(projectDir(), 'models', 'daejeon');
}

/** Parses an option's whole number. @throws {InvalidArgumentError} that says what was found and expected */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`expected a whole number of ${least} or more, found "${text}"`);
  };
}
