import { BrokerError } from '../../../src/broker/errors.js';

/** What becomes of a call to the broker. */
export interface Fate {
  readonly outcome: 'answered' | 'answer lost' | 'request lost';
  /** Records that a fetch brings at most; 0 is a moment in which nothing new came. */
  readonly size: number;
  /** Whether the group coordinator has not taken in the last commit yet. */
  readonly late: boolean;
}

/**
 * What a client does whose call is not answered: a look-up is answered in the end, a write is sent
 * again, a transaction's step fails.
 */
type WithoutAnswer = 'wait' | 'repeat' | 'fail';

interface Call {
  readonly withoutAnswer: WithoutAnswer;
  /** Has the broker do what is asked; gives what hands over its answer. */
  readonly arrive: (fate: Fate) => () => void;
  readonly fail: (error: Error) => void;
}

/**
 * What one worker has asked the broker and the broker has not done yet. Each call waits until the
 * test lets it arrive: before or behind others, twice, or after its worker has died.
 */
export class WaitingCalls {
  #calls: Call[] = [];
  #workerIsDead = false;

  get count(): number {
    return this.#calls.length;
  }

  get writes(): number {
    return this.#calls.filter(isWrite).length;
  }

  /** Asks the broker; resolves or fails as the test will have it. */
  ask<Answer>(withoutAnswer: WithoutAnswer, onArrival: (fate: Fate) => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const arrive = (fate: Fate) => {
        try {
          const answer = onArrival(fate);
          return () => resolve(answer);
        } catch (error) {
          const cause = error instanceof Error ? error : new Error(String(error));
          return () => reject(cause);
        }
      };
      this.#calls.push({ withoutAnswer, arrive, fail: reject });
    });
  }

  /** Lets one call arrive, the oldest for 0. @returns whether there was one */
  arrive(pick: number, fate: Fate): boolean {
    const [call] = this.#calls.splice(pick % Math.max(1, this.#calls.length), 1);
    if (call === undefined) return false;
    const isRead = !isWrite(call);
    const answer = isRead || fate.outcome !== 'request lost' ? call.arrive(fate) : null;
    if (this.#workerIsDead) return true;
    if (answer !== null && (isRead || fate.outcome === 'answered')) answer();
    else if (call.withoutAnswer === 'repeat') this.#calls.unshift(call);
    else call.fail(new BrokerError('The broker did not answer.'));
    return true;
  }

  /** The worker dies: nobody hears of what is on its way, which may arrive all the same. */
  die(): void {
    this.#workerIsDead = true;
    this.#calls = this.#calls.filter(isWrite);
  }

  /** What is on its way is lost. */
  lose(): void {
    this.#calls = [];
  }
}

function isWrite({ withoutAnswer }: Call): boolean {
  return withoutAnswer !== 'wait';
}
