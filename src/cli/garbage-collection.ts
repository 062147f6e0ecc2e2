import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * A stage goes through megabytes of buffers with every run. V8 counts them, and begins to mark its
 * heap, with helper threads, after every 64 MiB, though next to nothing of the heap is garbage: a
 * sixth of a stage's processor time. All at once it costs less.
 */
export function collectAllAtOnce(): void {
  // A collection that is under way while the flag changes ends the process: V8 takes its helper
  // threads for a mistake of its own. Loading the program's modules may have begun one.
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  setFlagsFromString('--no-incremental-marking');
}
