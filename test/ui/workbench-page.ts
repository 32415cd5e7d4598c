/**
 * VS Code's workbench as its user sees it. Everything here waits for what it acts on, at most the
 * page's default timeout, and then fails with the locator's name; nothing sleeps.
 */
import { basename, resolve } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { WorkbenchWindow } from '../vscode-host/browser.ts';
import { EditorPart } from './editor-part.ts';
import { ModalDialog } from './modal-dialog.ts';
import { Notifications } from './notifications.ts';
import { ProblemsPanel } from './problems-panel.ts';
import { QuickInput } from './quick-input.ts';
import { TreeView } from './tree-view.ts';

/** Milliseconds until a view of the extension must have appeared. */
const contributionLimit = 120_000;

export class WorkbenchPage {
  readonly page: Page;
  readonly editor: EditorPart;
  readonly problems: ProblemsPanel;
  readonly quickInput: QuickInput;
  readonly dialog: ModalDialog;
  readonly notifications: Notifications;
  readonly window: WorkbenchWindow;
  readonly #folder: string;

  /** `folder`: what relative paths of `openFile` start from. */
  constructor(window: WorkbenchWindow, folder: string) {
    this.window = window;
    this.#folder = folder;
    this.page = window.page;
    this.editor = new EditorPart(window.page);
    this.quickInput = new QuickInput(window.page);
    this.dialog = new ModalDialog(window.page);
    this.notifications = new Notifications(window.page, (title) => this.runCommand(title));
    this.problems = new ProblemsPanel(window.page, (title) => this.runCommand(title));
  }

  /** Writes `test/ui/shots/NAME.png`. */
  screenshot(name: string): Promise<string> {
    return this.window.screenshot(name);
  }

  /** Opens a file by its path, as Ctrl+P does with an absolute path, and focuses its editor. */
  async openFile(path: string): Promise<void> {
    const absolute = resolve(this.#folder, path);
    const name = basename(absolute);
    await this.quickInput.pick('Control+P', absolute, name);
    await this.editor.waitForTab(name);
    await this.editor.focus();
  }

  /**
   * Runs a command of the palette by what the palette shows, such as `Live Migrate: Preflight`.
   * Waits for the command: an extension contributes it only once the extension host is up.
   */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.pick('F1', `>${title}`, title);
  }

  /** Shows a container of the activity bar by its title, such as `Live Migrate` or `Explorer`. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page.locator('.part.activitybar').getByRole('tab', { name: title }).first();
    await tab.waitFor({ timeout: contributionLimit });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    await this.page.locator('.part.sidebar .composite.title').getByText(title).first().waitFor();
  }

  /** A view (section) of the side bar by its title, such as `Hosts`. */
  view(title: string): TreeView {
    return new TreeView(this.page, title);
  }

  /** The editor whose tab is named `tab`, also when the keyboard is in another one beside it. */
  editorOf(tab: string): EditorPart {
    return new EditorPart(this.page, tab);
  }

  /** An entry of the status bar that holds `text`. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text }).first();
  }

  /** Texts of all entries of the status bar, left to right. */
  async statusBarTexts(): Promise<readonly string[]> {
    const texts = await this.page.locator('.part.statusbar .statusbar-item').allInnerTexts();
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  }

  /** The document inside the webview panel that is in front. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }
}
