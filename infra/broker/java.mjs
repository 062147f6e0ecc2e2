import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findProgram, runProgram } from '../program.mjs';
import { root, stateDir } from '../project.mjs';

const oldestJava = 17;

/** Kafka's jars, as infra/broker/pom.xml names them; the folder is there as a whole or not at all. */
export const jarsDir = join(stateDir, 'kafka/libs');

/** Names the jars; what was fetched has a copy of it beside, to see whether it names others by now. */
export const pomFile = join(root, 'infra/broker/pom.xml');
export const pomCopy = 'pom.xml';

/** Whether set-up has fetched the jars that are named now. */
export function hasJars() {
  const copy = join(jarsDir, pomCopy);
  return existsSync(copy) && readFileSync(copy).equals(readFileSync(pomFile));
}

/**
 * Java of the environment: JAVA_HOME's, else the one on the PATH.
 * @returns {Promise<{ java: string } | { problem: string }>} `problem` says what was found instead
 */
export async function findJava() {
  const home = process.env.JAVA_HOME;
  const ofHome = home === undefined || home === '' ? undefined : join(home, 'bin/java');
  const java = ofHome !== undefined && existsSync(ofHome) ? ofHome : findProgram('java');
  if (java === undefined) return { problem: 'no Java' };
  let text;
  try {
    text = (await runProgram(java, ['-version'])).stderr;
  } catch {
    return { problem: `a Java that doesn't run (${java})` };
  }
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  // Up to 8, versions were written 1.8.
  const major = Number(first === '1' ? second : first);
  if (major >= oldestJava) return { java };
  return { problem: `Java ${Number.isNaN(major) ? 'of an unknown version' : major} (${java})` };
}

/**
 * The arguments for java that run a class of Kafka's.
 * @param {{ mainClass: string, args: readonly string[], loggingFile: string }} options
 */
export function javaArguments({ mainClass, args, loggingFile }) {
  return [
    ...['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'],
    `-Dlog4j.configuration=${pathToFileURL(loggingFile).href}`,
    ...['-cp', join(jarsDir, '*'), mainClass, ...args],
  ];
}
