import { spawn } from 'node:child_process';
import { findProgram, runProgram } from './program.mjs';

/** How long a registry may take to say that it has an image; the download itself may take longer. */
const registryLimitMs = 10_000;

/** The Kafka image that is asked for. */
export const wantedKafkaImage = process.env.KAFKA_IMAGE || 'apache/kafka:3.9.1';

/** Runs the docker command and gives what it printed. */
export async function docker(args, options) {
  return (await runProgram('docker', args, options)).stdout.trim();
}

/** @returns {Promise<string | undefined>} why Docker can't be used, or undefined if it can */
export async function dockerProblem() {
  if (findProgram('docker') === undefined) return 'no Docker';
  try {
    await docker(['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 });
    return undefined;
  } catch {
    return 'Docker, but its daemon does not answer';
  }
}

/** Whether the daemon has the image already. */
export async function hasImage(name) {
  return docker(['image', 'inspect', '--format', '{{.Id}}', name]).then(
    () => true,
    () => false,
  );
}

/**
 * Pulls an image; gives up when no registry offers it within seconds.
 * @param {string} name
 * @param {(detail: string) => void} [report]
 * @returns {Promise<boolean>} whether the daemon has it now
 */
export function pullImage(name, report = () => {}) {
  return new Promise((resolve) => {
    const child = spawn('docker', ['pull', name], { stdio: ['ignore', 'pipe', 'ignore'] });
    const timer = setTimeout(() => child.kill('SIGTERM'), registryLimitMs);
    let layers = 0;
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      // The first thing it prints is what the registry answered.
      clearTimeout(timer);
      layers += text.split('Pull complete').length - 1;
      report(`${layers} layers`);
    });
    child.once('error', () => resolve(false));
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}
