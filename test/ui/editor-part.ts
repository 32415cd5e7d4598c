import type { Locator, Page } from 'playwright-core';
import { until } from '../lab/process.ts';

/** Milliseconds. */
const limit = 60_000;
/** Milliseconds after which the editor is asked once more. */
const look = 8_000;

export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** One group of editors: the focused one, or the one that shows the tab `named`. */
export class EditorPart {
  readonly #page: Page;
  readonly #group: Locator;
  readonly #editor: Locator;

  constructor(page: Page, named?: string) {
    this.#page = page;
    const groups = page.locator('.part.editor .editor-group-container');
    this.#group =
      named === undefined
        ? groups.and(page.locator('.active'))
        : groups.filter({ has: page.locator('.tab.active').filter({ hasText: named }) });
    this.#editor = this.#group.locator('.editor-instance .monaco-editor').last();
  }

  /** The tab of an open editor; text such as its name with its count of problems. */
  tab(name: string | RegExp): Locator {
    return this.#page.locator('.part.editor').getByRole('tab', { name }).first();
  }

  /** Names of the open tabs. */
  async tabs(): Promise<readonly string[]> {
    const tabs = await this.#page.locator('.part.editor .tab').all();
    return Promise.all(
      tabs.map(async (tab) => (await tab.getAttribute('data-resource-name')) ?? ''),
    );
  }

  /** Brings an open editor to the front. */
  async showTab(name: string): Promise<void> {
    await this.tab(name).click();
    await this.waitForTab(name);
  }

  /** Waits until the tab `name` is in front and its text is drawn. */
  async waitForTab(name: string | RegExp): Promise<void> {
    await this.#group.locator('.tab.active').filter({ hasText: name }).waitFor();
    await this.#editor.locator('.view-lines').waitFor();
  }

  /** Puts the keyboard into the editor in front. */
  async focus(): Promise<void> {
    await until('the editor takes the keyboard', limit, async () => {
      await this.#group.locator('.tab.active').first().click();
      const focused = this.#group.locator('.monaco-editor.focused').first();
      return (await appears(focused)) ? true : undefined;
    });
  }

  /** The lines on screen, top to bottom; a long file shows only a part of itself. */
  async visibleLines(): Promise<readonly string[]> {
    await this.#editor.locator('.view-lines').waitFor();
    return this.#editor.locator('.view-lines').evaluate(readLines);
  }

  /** Waits until a line on screen holds `text`. */
  async waitForText(text: string): Promise<void> {
    await until(`the editor shows “${text}”`, limit, async () => {
      const lines = await this.visibleLines();
      return lines.some((line) => line.includes(text)) ? true : undefined;
    });
  }

  /** Selects an occurrence of `text` (the first is 1), by the editor's own find. */
  async select(text: string, occurrence = 1): Promise<void> {
    const find = this.#editor.locator('.find-widget.visible');
    const box = find.locator('.find-part textarea').first();
    await until('the find widget opens', limit, async () => {
      await this.focus();
      await this.#page.keyboard.press('Control+Home');
      await this.#page.keyboard.press('Control+F');
      return (await appears(box)) ? true : undefined;
    });
    await box.fill(text);
    const count = find.locator('.matchesCount');
    await count.filter({ hasText: new RegExp(`^\\d+ of \\d+$`) }).waitFor();
    for (let step = 1; step < occurrence; step++) {
      await box.press('Enter');
      await count.filter({ hasText: new RegExp(`^${step + 1} of `) }).waitFor();
    }
    await box.press('Escape');
    await find.waitFor({ state: 'hidden' });
    await this.focus();
  }

  /** Puts the cursor in front of an occurrence of `text`. */
  async goTo(text: string, occurrence = 1): Promise<void> {
    await this.select(text, occurrence);
    await this.#page.keyboard.press('ArrowLeft');
  }

  /** Replaces an occurrence of `text`, as pasting over it does. */
  async replace(text: string, by: string, occurrence = 1): Promise<void> {
    await this.select(text, occurrence);
    await this.#paste(by);
  }

  /** Replaces the whole text, of which there must be some. */
  async setText(text: string): Promise<void> {
    await this.focus();
    await this.#page.keyboard.press('Control+A');
    await this.#paste(text);
  }

  /** Saves and waits until the file is written. */
  async save(): Promise<void> {
    await this.focus();
    await this.#page.keyboard.press('Control+S');
    await this.#group.locator('.tab.active:not(.dirty)').waitFor();
  }

  /** Squiggles on screen; wait on them or count them. */
  squiggles(severity: Severity): Locator {
    return this.#editor.locator(`.squiggly-${severity}`);
  }

  /**
   * Text of the hover over an occurrence of `text`, as soon as it holds `expected`: its parts come
   * from several providers, one after the other.
   */
  async hover(text: string, expected = '', occurrence = 1): Promise<string> {
    await this.goTo(text, occurrence);
    const hover = this.#page.locator('.monaco-hover:not(.hidden) .monaco-hover-content').first();
    return until(`a hover at “${text}” with “${expected}”`, limit, async () => {
      if (!(await hover.isVisible())) {
        await this.#page.keyboard.press('Control+K');
        await this.#page.keyboard.press('Control+I');
        if (!(await appears(hover))) return undefined;
      }
      const said = await hover.innerText({ timeout: look }).catch(() => '');
      const loading = /^Loading|Checking for quick fixes/m.test(said);
      return !loading && said !== '' && said.includes(expected) ? said.trim() : undefined;
    });
  }

  /** Titles of the quick fixes offered at an occurrence of `text`; leaves the menu open. */
  async quickFixes(text: string, occurrence = 1): Promise<readonly string[]> {
    await this.goTo(text, occurrence);
    const rows = this.#page.locator('.action-widget .monaco-list-row.action');
    await until(`quick fixes at “${text}”`, limit, async () => {
      await this.#page.keyboard.press('Control+.');
      return (await appears(rows.first())) ? true : undefined;
    });
    return (await rows.allInnerTexts()).map((title) => title.trim());
  }

  /** Applies the quick fix `title` at an occurrence of `text`. */
  async applyQuickFix(text: string, title: string, occurrence = 1): Promise<void> {
    const offered = await this.quickFixes(text, occurrence);
    const row = this.#page
      .locator('.action-widget .monaco-list-row.action')
      .filter({ hasText: title })
      .first();
    if (!offered.some((other) => other.includes(title))) {
      throw new Error(
        `“${title}” is not among the quick fixes at “${text}”: ${offered.join(', ')}`,
      );
    }
    await row.click();
    await row.waitFor({ state: 'hidden' });
  }

  /** A code lens by its text. */
  codeLens(title: string | RegExp): Locator {
    return this.#editor.locator('.codelens-decoration a').filter({ hasText: title }).first();
  }

  /** Texts of the code lenses on screen, also of those that cannot be pressed. */
  async codeLenses(): Promise<readonly string[]> {
    const lenses = await this.#editor.locator('.codelens-decoration').allInnerTexts();
    return lenses.flatMap((lens) => lens.split('|').map((text) => text.trim()));
  }

  /** Pastes over the selection, and waits until that is done: VS Code asks extensions first. */
  async #paste(text: string): Promise<void> {
    const context = this.#page.context();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.#page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    const cursor = this.#page.locator('[id="status.editor.selection"]');
    await cursor.filter({ hasText: 'selected' }).waitFor();
    await this.#page.keyboard.press('Control+V');
    await cursor.filter({ hasNotText: 'selected' }).waitFor();
  }
}

/** Whether `locator` becomes visible within one look. */
function appears(locator: Locator): Promise<boolean> {
  return locator.waitFor({ timeout: look }).then(
    () => true,
    () => false,
  );
}

/** What `readLines` needs of the browser's elements. */
interface PageElement {
  querySelectorAll(selector: string): Iterable<PageElement>;
  readonly textContent: string;
  readonly style: { readonly top: string };
}

/** Runs in the page: the editor keeps lines in any order and writes spaces as no-break spaces. */
function readLines(lines: unknown): string[] {
  return [...(lines as PageElement).querySelectorAll('.view-line')]
    .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
    .map((line) => line.textContent.replaceAll('\u00a0', ' '));
}
