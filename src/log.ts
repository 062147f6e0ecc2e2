import { destination, pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';

/** What the rest of the code logs with: a pino logger, one JSON object a line on standard error. */
export type Logger = PinoLogger;

/** The levels that `STAGECOACH_LOG_LEVEL` and `--log-level` take. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Makes the logger of a process.
 *
 * @param name what logs, such as `stage-2`
 */
export function createLogger(name: string, level: LogLevel): Logger {
  return pino(
    { name, level, base: { name, pid: process.pid }, timestamp: stdTimeFunctions.isoTime },
    destination({ dest: 2, sync: true }),
  );
}
