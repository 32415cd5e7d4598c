/** Opens a workbench in a headless Chromium. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { beforeExit } from './before-exit.ts';
import { browserPath } from './install.ts';
import type { Workbench } from './workbench.ts';

export interface OpenPageOptions {
  /** Loads the extension of this folder as `code --extensionDevelopmentPath` does. */
  readonly extensionDevelopmentPath?: string;
  /** A module that exports `run(): Promise<void>`; runs in the extension host once it is up. */
  readonly extensionTestsPath?: string;
  /** Lines that the tests print. */
  readonly onTestOutput?: (line: string) => void;
  /**
   * What extensions see as `vscode.env.language`, such as `zh-cn`; English when left out. Their own
   * texts follow; VS Code's need its language pack.
   */
  readonly language?: string;
  /** Pixels; 1400 by 900 when left out. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface WorkbenchWindow {
  readonly page: Page;
  /** Errors on the browser's console and uncaught exceptions, as they come, without known noise. */
  readonly consoleErrors: readonly string[];
  /** With `extensionTestsPath`: resolves with 0 (passed) or 1 when `run()` is done. Never otherwise. */
  readonly testsExit: Promise<number>;
  /** Writes `test/ui/shots/NAME.png` and returns its path. */
  screenshot(name: string): Promise<string>;
  /** Closes the browser; the extension host stays until the workbench closes. Repeatable. */
  close(): Promise<void>;
}

export const shotsFolder = join(import.meta.dirname, '..', 'ui', 'shots');

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** What this build of the workbench complains about on every machine. */
const noise = [
  // Microsoft's signing module, which only its own builds have.
  /\/vsda\//,
  // A built-in extension that asks for an account nobody has.
  /authentication provider 'github'/,
];
/** Milliseconds. */
const limits = { launch: 120_000, load: 120_000, operation: 60_000 } as const;

/** Opens a window of `workbench` and waits until the workbench is drawn. */
export async function openPage(
  workbench: Workbench,
  options: OpenPageOptions = {},
): Promise<WorkbenchWindow> {
  const browser = await chromium.launch({
    executablePath: browserPath(),
    args: flags,
    timeout: limits.launch,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const close = async (): Promise<void> => {
    await browser.close();
    forget();
  };
  const forget = beforeExit(close);
  try {
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1400, height: 900 },
    });
    context.setDefaultTimeout(limits.operation);
    const exit = Promise.withResolvers<number>();
    if (options.extensionTestsPath !== undefined) await exposeTestRun(context, options, exit);
    const development = developmentOptions(workbench, options);
    if (development !== undefined) {
      await context.addInitScript({ content: patchConfiguration(development) });
    }
    if (options.language !== undefined) {
      // VS Code's bundle of messages sets this, and there is none for a language without its pack.
      await context.addInitScript({
        content: `globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(options.language)};`,
      });
    }
    const page = await context.newPage();
    const consoleErrors: string[] = [];
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const text = `${message.text()} (${message.location().url})`;
      if (!noise.some((known) => known.test(text))) consoleErrors.push(text);
    });
    page.on('pageerror', (error) => consoleErrors.push(error.stack ?? error.message));
    await page.goto(workbench.url, { timeout: limits.load });
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: limits.load });
    return {
      page,
      consoleErrors,
      testsExit: exit.promise,
      screenshot: async (name) => {
        await mkdir(shotsFolder, { recursive: true });
        const path = join(shotsFolder, `${name}.png`);
        await page.screenshot({ path });
        return path;
      },
      close,
    };
  } catch (error) {
    await close();
    throw new Error(
      `The workbench did not open: ${(error as Error).message}\n${workbench.serverLog().slice(-2000)}`,
      { cause: error },
    );
  }
}

/** The functions that VS Code calls under `extensionTestsPath` when its window has them. */
async function exposeTestRun(
  context: BrowserContext,
  options: OpenPageOptions,
  exit: PromiseWithResolvers<number>,
): Promise<void> {
  await context.exposeFunction('codeAutomationLog', (_severity: string, args: unknown[]) => {
    options.onTestOutput?.(format(...args));
  });
  await context.exposeFunction('codeAutomationExit', (code: number) => {
    exit.resolve(code);
  });
}

interface DevelopmentOptions {
  readonly extensions?: readonly Uri[];
  readonly extensionTestsPath?: Uri;
}

interface Uri {
  readonly scheme: 'vscode-remote';
  readonly authority: string;
  readonly path: string;
}

function developmentOptions(
  workbench: Workbench,
  options: OpenPageOptions,
): DevelopmentOptions | undefined {
  const { extensionDevelopmentPath, extensionTestsPath } = options;
  if (extensionDevelopmentPath === undefined && extensionTestsPath === undefined) return undefined;
  const uri = (path: string): Uri => ({
    scheme: 'vscode-remote',
    authority: `127.0.0.1:${workbench.port}`,
    path: resolve(path),
  });
  return {
    ...(extensionDevelopmentPath === undefined
      ? {}
      : { extensions: [uri(extensionDevelopmentPath)] }),
    ...(extensionTestsPath === undefined ? {} : { extensionTestsPath: uri(extensionTestsPath) }),
  };
}

/**
 * A script that adds to the options of the page before the workbench reads them. The server has no
 * flag for them, and rewriting the page on its way (`page.route`) breaks VS Code's websocket.
 */
function patchConfiguration(development: DevelopmentOptions): string {
  return `
    new MutationObserver((_, observer) => {
      const meta = document.getElementById('vscode-workbench-web-configuration');
      if (meta === null) return;
      observer.disconnect();
      const settings = JSON.parse(meta.dataset.settings);
      settings.developmentOptions = {
        ...settings.developmentOptions,
        ...${JSON.stringify(development)},
      };
      meta.dataset.settings = JSON.stringify(settings);
    }).observe(document, { childList: true, subtree: true });
  `;
}
