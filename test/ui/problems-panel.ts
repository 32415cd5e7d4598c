import type { Locator, Page } from 'playwright-core';

/** The Problems view in the panel. */
export class ProblemsPanel {
  readonly #rows: Locator;
  readonly #runCommand: (title: string) => Promise<void>;

  constructor(page: Page, runCommand: (title: string) => Promise<void>) {
    this.#rows = page.locator('.markers-panel .monaco-list-row');
    this.#runCommand = runCommand;
  }

  /** Shows the view and waits until it has the keyboard, which it takes a moment after it shows. */
  async open(): Promise<void> {
    await this.#runCommand('Problems: Focus on Problems View');
    await this.#rows.page().locator('.part.panel:focus-within .markers-panel').waitFor();
  }

  /** The row of a problem (or of a file) that holds `text`. */
  row(text: string | RegExp): Locator {
    return this.#rows.filter({ hasText: text }).first();
  }

  /** What the rows on screen say; a file's row first, then its problems. */
  async texts(): Promise<readonly string[]> {
    return (await this.#rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  }

  /** Goes to the line of a problem. */
  async goTo(text: string | RegExp): Promise<void> {
    await this.row(text).dblclick();
  }

  /** Waits until no row holds `text`. */
  async waitUntilGone(text: string | RegExp): Promise<void> {
    await this.row(text).waitFor({ state: 'hidden' });
  }
}
