import type { Locator, Page } from 'playwright-core';

/** A modal dialog; there is at most one. */
export class ModalDialog {
  readonly #box: Locator;

  constructor(page: Page) {
    this.#box = page.locator('.monaco-dialog-box');
  }

  /** Waits for a dialog and returns its message and detail. */
  async text(): Promise<{ readonly message: string; readonly detail: string }> {
    await this.#box.waitFor();
    const message = await this.#box.locator('.dialog-message-text').innerText();
    const detail = await this.#box.locator('.dialog-message-detail').innerText();
    return { message: message.trim(), detail: detail.trim() };
  }

  /** Labels of its buttons, in order. */
  async buttons(): Promise<readonly string[]> {
    await this.#box.waitFor();
    const labels = await this.#box.locator('.dialog-buttons .monaco-button').allInnerTexts();
    return labels.map((label) => label.trim());
  }

  /** Presses a button and waits until this dialog is gone. */
  async press(label: string): Promise<void> {
    const shown = await this.text();
    await this.#box
      .locator('.dialog-buttons')
      .getByRole('button', { name: label, exact: true })
      .click();
    // The next dialog of the same flow may open at once.
    await this.#box.filter({ hasText: shown.message }).waitFor({ state: 'hidden' });
  }

  isOpen(): Promise<boolean> {
    return this.#box.isVisible();
  }
}
