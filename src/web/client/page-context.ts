/** What the server has put into the page, and what every page does in the browser. */
import { signal } from '@preact/signals';
import type { Preferences } from '../view/preferences.ts';
import { formatPreferenceCookie } from '../view/preferences.ts';

/** @throws Error if the page has no data, which is a bug of the server */
export function readPageData<T>(): T {
  const text = document.getElementById('data')?.textContent;
  if (!text) throw new Error('the page has no data');
  return JSON.parse(text) as T; // rendered by the server of the same version
}

/** The folder of the pages, which all lie at one depth. */
export function getPagesPath(): string {
  return new URL('./', document.baseURI).pathname;
}

export function storePreference(name: keyof Preferences, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox ESR.
  document.cookie = formatPreferenceCookie(name, value, getPagesPath());
}

/** The reader's time zone; the server knows it from the second page on. */
export function reportTimeZone(known: string): string {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (timeZone && timeZone !== known) storePreference('timeZone', timeZone);
  return timeZone;
}

/** The current time, every second while the page is seen. */
export function createClockSignal(startMs: number) {
  // The server's clock counts: the reader's may be wrong.
  const differenceMs = startMs - Date.now();
  const now = signal(startMs);
  setInterval(() => {
    if (!document.hidden) now.value = Date.now() + differenceMs;
  }, 1000);
  return now;
}

/** A page whose pictures take longer is taken over without them. */
const MAX_WAIT_MS = 400;

/**
 * Runs when the browser has shown the page as it came, with the pictures in the window: a page that is taken over before is seen
 * later. Until then, its links and its search work as they do without a script.
 */
export function runAfterPaint(run: () => void): void {
  // Of a page in the background, nothing is shown.
  if (document.hidden) {
    run();
    return;
  }
  requestAnimationFrame(() => {
    const pictures = Array.from(document.images).filter(
      (image) => image.getBoundingClientRect().top < innerHeight,
    );
    const decoded = Promise.allSettled(pictures.map((image) => image.decode()));
    const timeout = new Promise((resolve) => setTimeout(resolve, MAX_WAIT_MS));
    // What is decoded is painted by the next frame.
    void Promise.race([decoded, timeout]).then(() => setTimeout(run));
  });
}
