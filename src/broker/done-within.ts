/**
 * Waits for work that may never end, but no longer than this.
 *
 * @returns whether it was done in time. What comes of it later, an error too, goes to nobody.
 * @throws the error of work that failed in time
 */
export async function doneWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
