import { inspect } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for a busy machine: a test that passes never waits for it. */
const limitMs = 90_000;
const lookEveryMs = 25;

/**
 * Looks again and again until what is seen holds, and gives it.
 *
 * @param what is waited for, for the error
 * @throws {Error} with the last state seen, where it does not hold in time
 */
export async function eventually<State>(
  what: string,
  look: () => State | Promise<State>,
  holds: (state: State) => boolean,
): Promise<State> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const state = await look();
    if (holds(state)) return state;
    if (Date.now() > deadline) {
      throw new Error(`After ${limitMs / 1000} s not yet: ${what}. Seen: ${inspect(state)}`);
    }
    await delay(lookEveryMs);
  }
}
