/** What a public link shows, in a real browser. */
import { expect, test } from 'vitest';
import { askJson, share, startShared } from '../helpers/shared-collection.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, useBrowser } from './browser.ts';

const { openPage } = useBrowser();
/** The page has no script that could say that it is ready. */
const PLAIN = {
  isAwaited: false,
  // Of the page in which Chromium shows a picture alone.
  expectedErrors: [/\/(images|thumbs)\/[0-9a-f]{64}\S*$/],
} as const;

const WAYS = [
  ['light', 'en', 1440],
  ['dark', 'zh', 360],
  ['dark', 'en', 768],
] as const;

test.each(IS_WHOLE_WEB ? WAYS : WAYS.slice(1, 2))(
  'is accessible and fits: %s, %s, %d pixels wide',
  async (theme, language, width) => {
    const shared = await startShared();
    const path = await share(shared);
    // With a gap.
    await askJson(shared.here, 'POST /api/forget', shared.token, { ids: [shared.firstId] });
    const page = await openPage(shared.here, path, { theme, language, width, ...PLAIN });
    expect(await findAccessibilityProblems(page)).toEqual([]);
    expect(await findSidewaysScroll(page)).toBe(0);
  },
);

test('shows its pictures without a token, and opens them by the keyboard', async () => {
  const shared = await startShared();
  const page = await openPage(shared.here, await share(shared), PLAIN);
  await page.waitForFunction(() =>
    Array.from(document.images).every(({ complete, naturalWidth }) => complete && naturalWidth > 0),
  );
  expect(await page.locator('img').count()).toBe(2);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/images/*');
  expect(await page.evaluate(() => document.contentType)).toBe('image/png');
});

test('without prompts, nothing that a reader sees or hears has one', async () => {
  const shared = await startShared();
  const page = await openPage(shared.here, await share(shared, { prompts: false }), PLAIN);
  const html = await page.content();
  expect(html).toContain('Picture 1');
  expect(html).not.toContain('secretword');
  await page.locator('a').first().click();
  await page.waitForURL('**/thumbs/*');
  expect(await page.evaluate(() => document.contentType)).toBe('image/webp');
});

test('a link that was revoked says so', async () => {
  const shared = await startShared();
  const path = await share(shared);
  await askJson(shared.here, `DELETE ${shared.collection}/link`, shared.token);
  const page = await openPage(shared.here, path, { ...PLAIN, expectedErrors: [/404/] });
  expect(await page.locator('h1').textContent()).toBe('This link does not work');
  expect(await findAccessibilityProblems(page)).toEqual([]);
});
