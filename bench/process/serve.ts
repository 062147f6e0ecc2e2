/** What a bench's process can be asked for; each takes one argument. */
export type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

/** What a process has used up to now. */
export interface Usage {
  /** Processor time of all its threads. Milliseconds. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** The most that was resident at one time. */
  readonly peakRssBytes: number;
}

/** A question to a process. */
export interface Question {
  readonly id: number;
  /** `usage`, or the name of a handler. */
  readonly name: string;
  readonly argument: unknown;
}

/** Its answer. */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/** Processor time of this process up to now. Milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function usage(): Usage {
  const kibibyte = 1024;
  return {
    cpuMs: cpuMs(),
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * kibibyte,
  };
}

/** Answers the questions of the process that started this one, until that ends. */
export function serve(handlers: Handlers): void {
  const all: Handlers = { usage, ...handlers };
  process.on('message', ({ id, name, argument }: Question) => {
    const handler = all[name];
    const work = async (): Promise<unknown> => {
      if (handler === undefined) throw new Error(`${name} is no handler`);
      return await handler(argument as never);
    };
    work().then(
      (result) => answer({ id, result }),
      (error: unknown) => {
        answer({
          id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      },
    );
  });
  process.once('disconnect', () => process.exit());
}

function answer(message: Answer): void {
  process.send?.(message);
}
