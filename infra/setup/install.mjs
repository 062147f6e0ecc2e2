import { join } from 'node:path';
import { takeLock } from '../lock.mjs';
import { endPrograms, watchPrograms } from '../program.mjs';
import { root, stateDir } from '../project.mjs';
import { SetupError } from '../setup-error.mjs';
import { brokerStep } from './broker-step.mjs';
import { compileStep } from './compile.mjs';
import { requireDisk } from './disk.mjs';
import { nativeStep } from './native.mjs';
import { packagesStep } from './packages.mjs';
import { Progress } from './progress.mjs';

/** In the order in which they build on each other. */
const steps = [packagesStep, nativeStep, brokerStep, compileStep];

async function stepsToDo() {
  const todo = [];
  for (const step of steps) {
    // Installing the packages empties node_modules, and with it what is done in there by now.
    const isUndone = step.isUndoneBy !== undefined && todo.includes(step.isUndoneBy);
    if (isUndone || !(await step.isDone())) todo.push(step);
  }
  return todo;
}

/** Looks at all that the steps need before the first of them starts, and says all that is missing. */
async function requireAll(todo) {
  const bytes = todo.reduce((sum, step) => sum + step.bytes, 0);
  const checks = [() => requireDisk(root, bytes)];
  for (const step of todo) checks.push(...(await step.requirements()));
  const missing = [];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      missing.push(error.message);
    }
  }
  if (missing.length > 0) throw new SetupError(missing.join('\n'));
}

async function install(progress) {
  const todo = await stepsToDo();
  if (todo.length === 0) return;
  progress.line('Setting up Stagecoach; what is there already is kept.');
  await requireAll(todo);
  for (const step of todo) await progress.step(step.title, step.run);
}

function stopOnSignals(progress) {
  const statuses = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
  for (const [signal, status] of Object.entries(statuses)) {
    process.once(signal, () => {
      endPrograms();
      progress.line('Interrupted. Run the same command again: it goes on from here.');
      // The lock stays: whoever takes it over waits until what was running has really ended.
      process.exit(status);
    });
  }
}

/**
 * Brings the checkout to where it can run: packages, native library, broker, compiled code.
 * It does only what isn't done yet, and may be ended at any moment: the next run goes on.
 * @returns {Promise<number>} the exit status
 */
export async function setUp() {
  const progress = new Progress();
  const lock = await takeLock(join(stateDir, 'setup.lock'), (pid) =>
    progress.line(`Another set-up (process ${pid}) is running here: waiting for it.`),
  );
  watchPrograms((pids) => lock.setChildren(pids));
  stopOnSignals(progress);
  try {
    await install(progress);
    return 0;
  } catch (error) {
    const known = error instanceof SetupError || error.name === 'ProgramError';
    progress.line(`Set-up stopped:\n${known ? error.message : error.stack}`);
    return 1;
  } finally {
    lock.release();
  }
}
