import type { Locator, Page } from 'playwright-core';
import { until } from '../lab/process.ts';

/** Milliseconds. */
const limit = 60_000;

/** One tree in the side bar, found by the title of its section. */
export class TreeView {
  readonly #page: Page;
  readonly #pane: Locator;

  constructor(page: Page, title: string) {
    this.#page = page;
    // The header's label also holds the view's description; its heading is the title alone.
    this.#pane = page.locator('.part.sidebar .pane').filter({
      has: page.locator('.pane-header').getByRole('heading', { name: title, exact: true }),
    });
  }

  /** The row that holds `text` in its label or its description. */
  item(text: string | RegExp): Locator {
    return this.#pane.getByRole('treeitem').filter({ hasText: text }).first();
  }

  /** Label and description of the rows on screen, top to bottom. */
  async texts(): Promise<readonly string[]> {
    const texts: string[] = [];
    for (const row of await this.#pane.getByRole('treeitem').all()) {
      const parts = await row.locator('.label-name, .label-description').allInnerTexts();
      texts.push(parts.map((part) => part.trim()).join(' '));
    }
    return texts;
  }

  /** What the view says instead of a tree while it is empty. */
  async welcome(): Promise<string> {
    const content = this.#pane.locator('.welcome-view-content');
    await content.waitFor();
    return (await content.innerText()).trim();
  }

  /** Presses a button of the welcome text. */
  async pressWelcome(label: string): Promise<void> {
    await this.#pane
      .locator('.welcome-view-content')
      .getByRole('button', { name: label, exact: true })
      .click();
  }

  /** Shows the section's content. */
  async expandView(): Promise<void> {
    const header = this.#pane.locator('.pane-header');
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
  }

  /** Opens one node after the other, from the root down. */
  async expand(...path: readonly (string | RegExp)[]): Promise<void> {
    for (const text of path) {
      const row = this.item(text);
      await row.waitFor();
      await until(`${String(text)} expands`, limit, async () => {
        const state = await row.getAttribute('aria-expanded');
        if (state === 'true') return true;
        if (state === 'false') await row.locator('.monaco-tl-twistie').click();
        return undefined;
      });
    }
  }

  /** Presses an inline button of a row by its tooltip. */
  async pressInline(text: string | RegExp, action: string): Promise<void> {
    const row = this.item(text);
    await row.hover();
    await row.locator('.actions').getByRole('button', { name: action }).first().click();
  }

  /** Chooses an entry of a row's context menu. */
  async chooseFromMenu(text: string | RegExp, action: string): Promise<void> {
    await this.item(text).click({ button: 'right' });
    await pressMenuItem(this.#page, action);
  }

  /** Entries of a row's context menu; closes the menu again. */
  async menu(text: string | RegExp): Promise<readonly string[]> {
    await this.item(text).click({ button: 'right' });
    const items = this.#page.locator(
      '.monaco-menu .action-item:not(.disabled) .action-label[aria-label]',
    );
    await items.first().waitFor();
    const labels = await items.allInnerTexts();
    await this.#page.keyboard.press('Escape');
    return labels.map((label) => label.trim()).filter((label) => label !== '');
  }

  /** Presses a button of the view's title bar by its tooltip. */
  async pressTitleAction(action: string): Promise<void> {
    const header = this.#pane.locator('.pane-header');
    await header.hover();
    await header.getByRole('button', { name: action }).first().click();
  }
}

/** A menu ignores the mouse for a moment after it opened, so one click may be lost. */
async function pressMenuItem(page: Page, label: string): Promise<void> {
  const item = page.locator('.monaco-menu').getByRole('menuitem', { name: label });
  await item.waitFor();
  await until(`the menu takes “${label}”`, limit, async () => {
    await item.click({ timeout: 2_000 }).catch(() => undefined);
    const closed = item.waitFor({ state: 'hidden', timeout: 1_000 });
    return closed.then(
      () => true as const,
      () => undefined,
    );
  });
}
