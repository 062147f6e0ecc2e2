/** A line of a text without its line break; `null` stands for one that was too long to keep. */
export interface TextLine {
  /** 1 for the first. */
  readonly number: number;
  readonly text: string | null;
}

/** The most characters that a line may have; longer ones are skipped without being kept. */
export const maxLineChars = 65_536;

/**
 * Splits UTF-8 text that arrives in pieces into lines, as they come; `\n` and `\r\n` end a line. A
 * byte order mark is dropped.
 */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<TextLine, void> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = '';
  let isTooLong = false;
  const line = (text: string): TextLine => {
    number++;
    const keep = !isTooLong && text.length <= maxLineChars;
    isTooLong = false;
    return { number, text: keep ? text.replace(/\r$/, '') : null };
  };
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const pieces = (rest + text).split('\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) yield line(piece);
    if (rest.length > maxLineChars) {
      isTooLong = true;
      rest = '';
    }
  }
  rest += decoder.decode();
  if (rest !== '' || isTooLong) yield line(rest);
}
