import type { Locator, Page } from 'playwright-core';

/** Notification toasts. VS Code takes one without buttons away after some ten seconds. */
export class Notifications {
  readonly #toasts: Locator;

  constructor(page: Page) {
    this.#toasts = page.locator('.notifications-toasts .notification-toast');
  }

  /** The toast that holds `text`; wait on it, or read it. */
  toast(text: string | RegExp): Locator {
    return this.#toasts.filter({ hasText: text }).first();
  }

  /** Waits for a toast and returns what it says. */
  async text(text: string | RegExp): Promise<string> {
    const message = this.toast(text).locator('.notification-list-item-message');
    await message.waitFor();
    return (await message.innerText()).trim();
  }

  /** Presses a button of the toast that holds `text`. */
  async press(text: string | RegExp, button: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: button, exact: true }).click();
  }

  /** Messages of the toasts on screen. */
  async texts(): Promise<readonly string[]> {
    return (await this.#toasts.locator('.notification-list-item-message').allInnerTexts()).map(
      (text) => text.trim(),
    );
  }
}
