import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';
import { fileOf, parseModelJson, type ModelFiles } from '../../src/model/model-files.js';
import type { HostTensor } from '../../src/model/tensor.js';
import { projectDir } from '../../src/project-dir.js';
import type { Contender } from './contender.js';

const topologySchema = z.object({ config: z.object({ layers: z.array(z.unknown()) }) });
const readySchema = z.object({ version: z.string() });
const sliceSchema = z.object({
  items: z.number(),
  seconds: z.number().positive(),
  first: z.array(z.number()),
});

/** Keras as a contender, and what it gives. */
export interface KerasContender extends Contender {
  /** The scores of a batch's first item. */
  scoresOfFirst(cells: HostTensor): Promise<readonly number[]>;
}

/** Whether this machine's `python3` has Keras with TensorFlow. */
export async function hasKeras(): Promise<boolean> {
  const run = promisify(execFile);
  return run('python3', ['-c', 'import keras, tensorflow'], { timeout: 60_000 }).then(
    () => true,
    () => false,
  );
}

/** One question, one answer, in lines of JSON. */
class LineDialogue {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    if (!child.stdout) throw new Error('The child has no output to read.');
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async ask(question: unknown): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error('Keras has ended without an answer.');
    return JSON.parse(answer.value) as unknown;
  }

  async close(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exit;
  }
}

/** Rows of ids as a list of lists. */
function rowsOf({ data, shape }: HostTensor): number[][] {
  const [items = 0, steps = 0] = shape;
  return Array.from({ length: items }, (_, item) => [
    ...data.subarray(item * steps, (item + 1) * steps),
  ]);
}

/** Keras in a process of its own, with the model's weights. Check {@link hasKeras} before. */
export async function kerasContender(
  files: ModelFiles,
  windows: (items: number) => HostTensor,
): Promise<KerasContender> {
  const script = join(projectDir(), 'bench', 'engine', 'run_keras.py');
  const child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const dialogue = new LineDialogue(child);
  const folder = await mkdtemp(join(tmpdir(), 'stagecoach-bench-'));
  try {
    const { modelTopology, weightsManifest } = parseModelJson(files);
    const paths = weightsManifest.flatMap((group) => group.paths);
    const weights = join(folder, 'weights.bin');
    await writeFile(weights, Buffer.concat(paths.map((path) => fileOf(files, path))));
    const { layers } = topologySchema.parse(modelTopology).config;
    readySchema.parse(await dialogue.ask({ layers, weights }));
  } finally {
    await rm(folder, { recursive: true });
  }
  const run = async (cells: HostTensor, seconds: number): Promise<z.infer<typeof sliceSchema>> =>
    sliceSchema.parse(await dialogue.ask({ seconds, rows: rowsOf(cells) }));
  return {
    name: 'Keras',
    prepare(items) {
      const cells = windows(items);
      return (seconds) => run(cells, seconds);
    },
    scoresOfFirst: async (cells) => (await run(cells, 1e-6)).first,
    close: () => dialogue.close(),
  };
}
