/** How text may be laid out and painted. */
export interface TerminalStyle {
  /** Characters that fit in a line. */
  readonly columns: number;
  /** Colour and characters beyond ASCII; otherwise plain ASCII. */
  readonly rich: boolean;
}

/** What is known of the stream that text goes to, such as `process.stdout`. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The width of text that goes to a file or a pipe. */
const PLAIN_COLUMNS = 100;

/**
 * The style that suits a stream: plain for what is no terminal, and where colour is not wanted.
 *
 * @param env environment variables; `NO_COLOR` and `TERM=dumb` give plain text
 * @see https://no-color.org
 */
export function styleFor(
  stream: OutputStream,
  env: Readonly<Record<string, string | undefined>>,
): TerminalStyle {
  const wanted = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    columns: stream.columns ?? PLAIN_COLUMNS,
    rich: stream.isTTY === true && wanted,
  };
}

/** SGR parameters (ECMA-48, 8.3.117) of each way to paint, on and off. */
const paints = {
  bold: [1, 22],
  faint: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Paints text where the style is rich. */
export function paint(text: string, how: keyof typeof paints, style: TerminalStyle): string {
  if (!style.rich) return text;
  const [on, off] = paints[how];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** Cuts unpainted text that is longer than the line. */
export function fitLine(text: string, style: TerminalStyle): string {
  if (text.length <= style.columns) return text;
  const mark = style.rich ? '…' : '...';
  return text.slice(0, style.columns - mark.length) + mark;
}

/** A figure as text, or a dash where there is none. */
export function orDash(
  figure: number | null,
  format: (figure: number) => string,
  style: TerminalStyle,
): string {
  return figure === null ? paint(style.rich ? '–' : '-', 'faint', style) : format(figure);
}
