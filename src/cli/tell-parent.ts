/**
 * Tells whoever started this process, as `stagecoach up` does, what a person should know. Resolves
 * when it is told, or when there is nobody to tell.
 */
export async function tellParent(notice: string): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send({ notice }, () => resolve());
  });
}
