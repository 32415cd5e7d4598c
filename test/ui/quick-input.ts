import type { Locator, Page } from 'playwright-core';
import { until } from '../lab/process.ts';

/** Milliseconds: until an entry must be there, and how long one look for the box and for it takes. */
const limits = { entry: 120_000, box: 3_000, row: 10_000, close: 60_000 } as const;

/** The box at the top: command palette, quick pick, input box. */
export class QuickInput {
  readonly #page: Page;
  readonly #widget: Locator;
  readonly #input: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#widget = page.locator('.quick-input-widget');
    this.#input = this.#widget.locator('input.input').first();
  }

  /**
   * Opens the box with a key, filters it, and chooses the entry `label`. Looks again and again: an
   * entry that an extension contributes comes when the extension host is up, and an open box does
   * not take it in.
   */
  async pick(key: string, filter: string, label: string): Promise<void> {
    const row = this.row(label);
    await until(`“${filter}” offers “${label}”`, limits.entry, async () => {
      // A workbench that is still starting may lose the key.
      await this.#page.keyboard.press(key);
      if (!(await appears(this.#input, limits.box))) return undefined;
      await this.#input.fill(filter);
      if (await appears(row, limits.row)) return true;
      await this.dismiss();
      return undefined;
    });
    await row.click();
    await this.#waitUntilNotAsking(filter);
  }

  /** The entry whose first line is exactly `label`; a leading icon does not count. */
  row(label: string): Locator {
    const name = this.#page
      .locator('.label-name')
      .filter({ hasText: new RegExp(`^\\s*${escaped(label)}\\s*$`) });
    return this.#widget.locator('.quick-input-list .monaco-list-row').filter({ has: name }).first();
  }

  /** The first lines of all entries on screen. */
  async rows(): Promise<readonly string[]> {
    const labels = this.#widget.locator('.quick-input-list .monaco-list-row .label-name');
    return (await labels.allInnerTexts()).map((text) => text.trim());
  }

  /** Chooses an entry of a quick pick by its label; `title` names the step that is waited for. */
  async choose(label: string, title?: string): Promise<void> {
    await this.waitForStep(title);
    const row = this.row(label);
    await row.waitFor();
    await row.click();
  }

  /** Answers an input box; `title` names the step that is waited for. */
  async answer(text: string, title?: string): Promise<void> {
    await this.waitForStep(title);
    await this.#input.fill(text);
    await this.#input.press('Enter');
  }

  /** Waits until the box shows the title of a step (any box without `title`). */
  async waitForStep(title: string | undefined): Promise<void> {
    await this.#input.waitFor();
    if (title === undefined) return;
    await this.#widget.locator('.quick-input-title').filter({ hasText: title }).waitFor();
  }

  /** What an input box says under its field once that holds `expected`: prompt, or refusal. */
  async message(expected: string | RegExp = ''): Promise<string> {
    const message = this.#widget.locator('.quick-input-message').filter({ hasText: expected });
    return (await message.innerText()).trim();
  }

  /** Whether an input box hides what is typed. */
  async isPassword(): Promise<boolean> {
    return (await this.#input.getAttribute('type')) === 'password';
  }

  /** Closes the box as Escape does. */
  async dismiss(): Promise<void> {
    if (await this.#widget.isVisible()) await this.#input.press('Escape');
    await this.#widget.waitFor({ state: 'hidden' });
  }

  /** Waits until the box is gone or asks for something else than the filter `text`. */
  async #waitUntilNotAsking(text: string): Promise<void> {
    await until(`the quick input leaves “${text}”`, limits.close, async () => {
      if (!(await this.#widget.isVisible())) return true;
      // The box may close between two looks; reading it must not wait for its return.
      const value = await this.#input.inputValue({ timeout: 1_000 }).catch(() => '');
      return value === text ? undefined : true;
    });
  }
}

/** Whether `locator` becomes visible within `timeout` milliseconds. */
function appears(locator: Locator, timeout: number): Promise<boolean> {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
