/**
 * Makes one call of those for the same thing that come in one turn of the event loop, such as for each
 * of the lanes that a worker is given. Whoever shares a call has asked before it was made.
 */
export class SharedCalls<Answer> {
  readonly #waiting = new Map<string, Promise<Answer>>();

  /** @param key says what is asked for */
  call(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const shared = this.#waiting.get(key);
    if (shared !== undefined) return shared;
    const answer = new Promise((resolve) => setImmediate(resolve)).then(() => {
      this.#waiting.delete(key);
      return ask();
    });
    this.#waiting.set(key, answer);
    return answer;
  }
}
