import { createLogUpdate } from 'log-update';
import { renderLive, type LiveView } from '../observe/live-table.js';
import { styleFor } from '../observe/terminal.js';

/** How often a run is told of where nobody looks at a terminal. */
const plainEveryMs = 5_000;

/** Shows a run while it goes on: a table in place on a terminal, else a line now and then. */
export class RunDisplay {
  readonly #output = process.stdout;
  readonly #update = createLogUpdate(this.#output);
  #nextPlainMs = 0;
  #shownNotices = 0;

  show(view: LiveView): void {
    const style = styleFor(this.#output, process.env);
    if (this.#output.isTTY) {
      this.#update(renderLive(view, style));
      return;
    }
    for (const notice of view.notices.slice(this.#shownNotices)) this.#print(notice);
    this.#shownNotices = view.notices.length;
    if (view.elapsedMs < this.#nextPlainMs) return;
    this.#nextPlainMs = view.elapsedMs + plainEveryMs;
    const seconds = Math.round(view.elapsedMs / 1000);
    const rate = Math.round(view.ratePerS);
    this.#print(`${view.state}, ${seconds} s: ${view.predictions} predictions, ${rate}/s`);
  }

  /** Leaves the last table where it is: what follows is written below it. */
  done(): void {
    if (this.#output.isTTY) this.#update.done();
  }

  #print(line: string): void {
    this.#output.write(`${line}\n`);
  }
}
