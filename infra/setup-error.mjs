/** Something that the person at the keyboard has to change: the message says what, in one sentence. */
export class SetupError extends Error {
  constructor(message, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SetupError';
  }
}
