import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findJava, hasJars, jarsDir, pomCopy, pomFile } from '../broker/java.mjs';
import { findProgram, runProgram } from '../program.mjs';
import { SetupError } from '../setup-error.mjs';
import { fillFolder } from './write-whole.mjs';

/** @returns {Promise<string | undefined>} why Kafka can't be had by Java and Maven, if so */
export async function jarsProblem() {
  const found = await findJava();
  if (found.java === undefined) return found.problem;
  return findProgram('mvn') === undefined ? 'Java, but no Maven (mvn)' : undefined;
}

/** Maven resolves Kafka and all it needs, and checks every file against its repository's checksum. */
export async function fetchKafkaJars(report) {
  if (hasJars()) return;
  let files = 0;
  await fillFolder(jarsDir, async (part) => {
    try {
      await runProgram(
        'mvn',
        [
          ...['--batch-mode', '--strict-checksums', '-f', pomFile],
          ...['dependency:copy-dependencies', '-DincludeScope=runtime'],
          `-DoutputDirectory=${part}`,
        ],
        {
          onOutput: (text) => {
            files += text.split('Downloaded from').length - 1;
            if (files > 0) report(`${files} files downloaded`);
          },
        },
      );
    } catch (error) {
      throw new SetupError(
        `Maven could not fetch Kafka's jars: check the network and Maven's configuration, then run this again.\n${error.output}`,
        error,
      );
    }
    if (!readdirSync(part).some((name) => name.startsWith('kafka_'))) {
      throw new SetupError(
        "Maven ended well but left no Kafka jar; run `mvn -v` to see that it's a working Maven 3.",
      );
    }
    copyFileSync(pomFile, join(part, pomCopy));
  });
}
