/**
 * Pages in a real Chromium. A test fails if a page logs an error, violates its content security policy, asks another host
 * for anything, or moves what is already seen.
 */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterEach, beforeEach, expect } from 'vitest';
import { findChromium } from '../helpers/chromium.ts';
import { requireOnMachine } from '../helpers/requirements.ts';

/** Web Vitals calls up to 0.1 good. */
const MAX_LAYOUT_SHIFT = 0.01;
const LOCALES = { en: 'en-GB', zh: 'zh-CN' } as const;
/** Nothing that calls home, or that a container has not. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  `--disable-features=${[
    // Two pages of the browser's own that every window loads, for what is typed into its address bar: half of the time of a test.
    ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'],
    // Only the last of these lists counts: what Playwright names in its own.
    ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
    ...['HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'PaintHolding'],
    ...['ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints'],
    ...['NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'],
  ].join(',')}`,
];

export interface PageOptions {
  /** CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  /** What the system prefers. */
  readonly theme?: 'light' | 'dark';
  /** Of `Accept-Language`. */
  readonly language?: keyof typeof LOCALES;
  /** Of every request, `authorization` for one. */
  readonly headers?: Record<string, string>;
  readonly hasScript?: boolean;
  readonly hasTouch?: boolean;
  /** Keeps the page's script from arriving, in a browser that would run it. */
  readonly isBlocked?: boolean;
  /** Whether the page waits until its script has taken over; default: if it has one. */
  readonly isAwaited?: boolean;
  /** Whether what is seen moves because the reader has asked for it, longer ago than browsers remember. */
  readonly mayMove?: boolean;
  /** Errors of the console that the test is about. */
  readonly expectedErrors?: readonly RegExp[];
}

export interface TestBrowser {
  /** Opens a page of a mirror in a context of its own, which ends with the test. */
  openPage(
    here: { readonly mirror: { readonly url: string } },
    path: string,
    options?: PageOptions,
  ): Promise<Page>;
}

interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly problems: string[];
  readonly mayMove: boolean;
}

/** Shared by all tests of a worker, with which it ends. */
let launching: Promise<Browser> | undefined;

async function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('requireOnMachine has let a test through');
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  // It may have crashed.
  browser.once('disconnected', () => {
    launching = undefined;
  });
  return browser;
}

/** Call it once, at the top of a file: its tests are skipped where there is no browser. */
export function useBrowser(): TestBrowser {
  let opened: Opened[] = [];

  beforeEach((context) => requireOnMachine(context, 'chromium'));
  afterEach(async () => {
    const ended = opened;
    opened = [];
    for (const { context, page, problems, mayMove } of ended) {
      problems.push(...(await readReportedProblems(page, mayMove)));
      await context.close();
    }
    expect(ended.flatMap(({ problems }) => problems)).toEqual([]);
  });

  return {
    openPage: async (here, path, options = {}) => {
      launching ??= launch();
      const {
        width = 1440,
        height = 900,
        theme = 'light',
        language = 'en',
        headers,
        hasScript = true,
      } = options;
      const context = await (await launching).newContext({
        viewport: { width, height },
        colorScheme: theme,
        locale: LOCALES[language],
        timezoneId: 'Europe/Berlin',
        javaScriptEnabled: hasScript,
        hasTouch: options.hasTouch ?? false,
        ...(headers ? { extraHTTPHeaders: headers } : {}),
      });
      if (hasScript) await context.addInitScript(reportFromPage);
      const page = await context.newPage();
      if (options.isBlocked)
        await page.route('**/*.js', (route) => route.fulfill({ body: '', contentType: 'text/javascript' }));
      const problems: string[] = [];
      watchPage(page, problems, new URL(here.mirror.url).host, options.expectedErrors ?? []);
      opened.push({ context, page, problems, mayMove: options.mayMove ?? false });
      await page.goto(new URL(path.replace(/^\//, ''), `${here.mirror.url}/`).href);
      if (options.isAwaited ?? hasScript) await page.waitForSelector('html[data-ready]');
      return page;
    },
  };
}

function watchPage(page: Page, problems: string[], host: string, expectedErrors: readonly RegExp[]): void {
  const isExpected = (text: string) => expectedErrors.some((pattern) => pattern.test(text));
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (message.type() === 'error' && !isExpected(text)) problems.push(`console: ${text}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:', 'about:'].includes(url.protocol) && url.host !== host)
      problems.push(`foreign request: ${url.href}`);
  });
}

/** Runs in the page, before its own script. */
function reportFromPage(): void {
  const problems: string[] = [];
  let shift = 0;
  const describe = (node: Node | null) =>
    node instanceof Element ? `${node.nodeName}.${node.className}` : '';
  const sources = new Set<string>();
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
    problems.push(`violates ${violatedDirective}: ${blockedURI} ${sample}`);
  });
  const observer = new PerformanceObserver((list) => {
    // The typings of TypeScript know no layout shifts.
    for (const entry of list.getEntries() as (PerformanceEntry & {
      hadRecentInput: boolean;
      value: number;
      sources: { node: Node | null }[];
    })[]) {
      if (entry.hadRecentInput) continue;
      shift += entry.value;
      for (const { node } of entry.sources) sources.add(describe(node));
    }
  });
  observer.observe({ type: 'layout-shift', buffered: true });
  Object.assign(window, { readTestReport: () => ({ problems, shift, sources: [...sources] }) });
}

interface TestReport {
  readonly problems: string[];
  readonly shift: number;
  readonly sources: string[];
}

/** For a page that is closed before its test ends. */
export async function readReportedProblems(page: Page, mayMove: boolean): Promise<string[]> {
  if (page.isClosed()) return [];
  const report = await page.evaluate(() => {
    const read: unknown = Reflect.get(window, 'readTestReport');
    return typeof read === 'function' ? (read() as TestReport) : undefined;
  });
  if (!report) return [];
  const { problems, shift, sources } = report;
  if (mayMove || shift <= MAX_LAYOUT_SHIFT) return problems;
  return [...problems, `layout shift of ${shift.toFixed(3)} by ${sources.join(', ')}`];
}

/** Whether the page is wider than the window. */
export function findSidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}
