import type { Locator, Page } from 'playwright-core';

/** Notification toasts. VS Code takes one without buttons away after some ten seconds. */
export class Notifications {
  readonly #toasts: Locator;
  readonly #runCommand: (title: string) => Promise<void>;

  constructor(page: Page, runCommand: (title: string) => Promise<void>) {
    this.#runCommand = runCommand;
    this.#toasts = page.locator('.notifications-toasts .notification-toast');
  }

  /** The toast that holds `text`; wait on it, or read it. */
  toast(text: string | RegExp): Locator {
    return this.#toasts.filter({ hasText: text }).first();
  }

  /** Waits for a toast, at most `timeout` milliseconds when given, and returns what it says. */
  async text(text: string | RegExp, timeout?: number): Promise<string> {
    const message = this.toast(text).locator('.notification-list-item-message');
    await message.waitFor(timeout === undefined ? {} : { timeout });
    return (await message.innerText()).trim();
  }

  /** Presses a button of the toast that holds `text`. */
  async press(text: string | RegExp, button: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: button, exact: true }).click();
  }

  /** Takes all notifications away, so that the next wait cannot find an old one. */
  async clear(): Promise<void> {
    await this.#runCommand('Notifications: Clear All Notifications');
    await this.#toasts.first().waitFor({ state: 'hidden' });
  }

  /** Messages of the toasts on screen. */
  async texts(): Promise<readonly string[]> {
    return (await this.#toasts.locator('.notification-list-item-message').allInnerTexts()).map(
      (text) => text.trim(),
    );
  }
}
