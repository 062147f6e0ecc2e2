import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError, messageOf } from './errors.js';
import { logLevels } from './log.js';

const address = /^[^\s:,]+:\d{1,5}$/;
const name = /^[a-z0-9][a-z0-9-]{0,62}$/i;

const brokerList = z
  .union([
    z.string().transform((list) => list.split(',').map((one) => one.trim())),
    z.array(z.string()),
  ])
  .pipe(
    z
      .array(z.string().regex(address, 'each broker is to be host:port, such as 127.0.0.1:9092'))
      .min(1, 'at least one broker is needed'),
  );

/** `HOST:PORT`, or `none`; an IPv6 host stands in brackets. */
const listenAddress = z
  .string()
  .regex(
    /^(none|(\[[0-9a-f:]+\]|[^\s:,[\]]+):\d{1,5})$/i,
    'it is to be host:port, such as 127.0.0.1:9464, or none',
  )
  .transform((text) => {
    const at = text.lastIndexOf(':');
    if (at < 0) return undefined;
    return { host: text.slice(0, at).replace(/[[\]]/g, ''), port: Number(text.slice(at + 1)) };
  })
  .refine((address) => (address?.port ?? 0) <= 65_535, 'its port is to be 65535 at most');

const schema = z.strictObject({
  /** `host:port` of some of the cluster's brokers. */
  brokers: brokerList,
  /** The pipeline's name, with which its topics begin. */
  pipeline: z.string().regex(name, 'letters, digits and "-", 63 at most').default('taxi'),
  /** Kafka partitions of each of the pipeline's topics. */
  lanes: z.coerce.number().int().min(1).max(1024).default(6),
  /** A worker that is silent for this long loses its lanes. */
  sessionTimeoutMs: z.coerce.number().int().min(1_000).max(300_000).default(6_000),
  /** Lanes that stand still for this long though they ought to move are begun anew. */
  stallTimeoutMs: z.coerce.number().int().min(1_000).max(86_400_000).default(60_000),
  /** Computing that takes more than this many times the planned time is a deviation. */
  deviationFactor: z.coerce.number().gt(1).max(100).default(1.25),
  /** Folder of the model that is deployed, profiled and planned for; in a file relative to it. */
  model: z.string().min(1).optional(),
  /** Where a worker answers whether it is well; without it, or with `none`, nowhere. */
  healthListen: listenAddress.optional(),
  logLevel: z.enum(logLevels).default('info'),
});

/** What every command needs to know, from file, environment and flags. */
export type Config = Readonly<z.infer<typeof schema>>;

/** The setting's name in the environment; `KAFKA_BROKERS` is what other tools use too. */
const environmentNames: Record<keyof Config, string> = {
  brokers: 'KAFKA_BROKERS',
  pipeline: 'STAGECOACH_PIPELINE',
  lanes: 'STAGECOACH_LANES',
  sessionTimeoutMs: 'STAGECOACH_SESSION_TIMEOUT_MS',
  stallTimeoutMs: 'STAGECOACH_STALL_TIMEOUT_MS',
  deviationFactor: 'STAGECOACH_DEVIATION_FACTOR',
  model: 'STAGECOACH_MODEL',
  healthListen: 'STAGECOACH_HEALTH_LISTEN',
  logLevel: 'STAGECOACH_LOG_LEVEL',
};

/** Where settings come from; a later one goes before an earlier one: file, environment, flags. */
export interface ConfigSources {
  /** A JSON file; without one `stagecoach.json` in the working directory is read where it exists. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: Readonly<Record<string, unknown>>;
  /** The project's folder: where `npm run broker:start` notes the address of the local broker. */
  readonly projectDir: string;
}

const noBroker =
  'No Kafka broker is named and the local one has not been started: run "npm run broker:start", or set KAFKA_BROKERS=host:port,….';

/**
 * Makes the configuration of a process. Brokers that are named nowhere are those of the local
 * broker that the set-up has started.
 *
 * @throws {ConfigError} with all that is wrong, one line each
 */
export function loadConfig(sources: ConfigSources): Config {
  const settings = settingsOf(sources);
  settings.brokers ??= localBroker(sources.projectDir);
  return parsedBy(schema, settings);
}

/** What a command needs to know that talks to no cluster. */
export type OfflineConfig = Omit<Config, 'brokers'>;

/**
 * Makes the configuration of a process that needs no broker.
 *
 * @throws {ConfigError} with all that is wrong, one line each
 */
export function loadOfflineConfig(sources: Omit<ConfigSources, 'projectDir'>): OfflineConfig {
  const settings = settingsOf(sources);
  delete settings.brokers;
  return parsedBy(schema.omit({ brokers: true }), settings);
}

function settingsOf(sources: Omit<ConfigSources, 'projectDir'>): Record<string, unknown> {
  const settings = { ...fromFile(sources.file), ...fromEnvironment(sources.environment) };
  for (const key of Object.keys(environmentNames)) {
    if (sources.flags[key] !== undefined) settings[key] = sources.flags[key];
  }
  return settings;
}

function parsedBy<T>(type: z.ZodType<T>, settings: Record<string, unknown>): Readonly<T> {
  const parsed = type.safeParse(settings);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new ConfigError(
    ['The configuration can’t be used:', ...parsed.error.issues.map(describeIssue(settings))].join(
      '\n',
    ),
  );
}

/** Whether file, environment or flags say which brokers to use. */
export function namesBrokers(sources: Omit<ConfigSources, 'projectDir'>): boolean {
  return settingsOf(sources).brokers !== undefined;
}

function describeIssue(settings: Record<string, unknown>) {
  return (issue: z.core.$ZodIssue): string => {
    const [key] = issue.path;
    if (key === undefined) return `  ${issue.message}`;
    if (key === 'brokers' && settings.brokers === undefined) return `  ${noBroker}`;
    const found = JSON.stringify(settings[String(key)]);
    return `  ${String(key)}: found ${found}; ${issue.message}`;
  };
}

function fromEnvironment(environment: ConfigSources['environment']): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [key, variable] of Object.entries(environmentNames)) {
    const value = environment[variable];
    if (value !== undefined && value !== '') settings[key] = value;
  }
  return settings;
}

function fromFile(file: string | undefined): Record<string, unknown> {
  const path = file ?? 'stagecoach.json';
  if (file === undefined && !existsSync(path)) return {};
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return besideFile(path, { ...parsed });
    }
    throw new ConfigError('it holds no JSON object');
  } catch (error) {
    throw new ConfigError(
      `The configuration file ${path} can't be read: ${messageOf(error)}`,
      error,
    );
  }
}

/** The settings of a file, with the folder that it names relative to its own. */
function besideFile(path: string, settings: Record<string, unknown>): Record<string, unknown> {
  const { model } = settings;
  if (typeof model !== 'string' || model === '') return settings;
  return { ...settings, model: resolve(dirname(path), model) };
}

function localBroker(projectDir: string): string | undefined {
  const path = join(projectDir, '.stagecoach', 'broker', 'endpoint');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}
