const sparseMs = 10_000;

function seconds(fromMs) {
  return `${((Date.now() - fromMs) / 1000).toFixed(1)} s`;
}

/**
 * Shows how far a step is: on a terminal as one line that is updated in place, elsewhere as a line
 * every ten seconds.
 */
export class Progress {
  #out;
  #live;
  #shown = false;

  constructor(out = process.stderr) {
    this.#out = out;
    this.#live = out.isTTY === true;
  }

  #clear() {
    if (this.#shown) this.#out.write('\r\u001b[2K');
    this.#shown = false;
  }

  line(text) {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  /**
   * Runs `work`, showing `title`, the seconds, and what it last passed to its `report` argument.
   * @template T
   * @param {string} title
   * @param {(report: (detail: string) => void) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async step(title, work) {
    const startMs = Date.now();
    let detail = '';
    let nextLineMs = startMs + sparseMs;
    const show = () => {
      const text = `  ${title} … ${detail === '' ? '' : `${detail}, `}${seconds(startMs)}`;
      if (this.#live) {
        this.#clear();
        this.#out.write(text.slice(0, (this.#out.columns ?? 80) - 1));
        this.#shown = true;
      } else if (Date.now() >= nextLineMs) {
        nextLineMs = Date.now() + sparseMs;
        this.#out.write(`${text}\n`);
      }
    };
    if (this.#live) show();
    else this.#out.write(`  ${title} …\n`);
    const timer = setInterval(show, this.#live ? 200 : 1_000);
    try {
      const result = await work((text) => (detail = text));
      this.line(`✓ ${title} (${seconds(startMs)})`);
      return result;
    } catch (error) {
      this.line(`✗ ${title} (${seconds(startMs)})`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }
}

/** "120 of 230 MB" */
export function megabytes(bytes, ofBytes) {
  return `${Math.round(bytes / 1e6)} of ${Math.round(ofBytes / 1e6)} MB`;
}
