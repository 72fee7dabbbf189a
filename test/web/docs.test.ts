/** The API page, in a real browser. */
import { expect, test } from 'vitest';
import { openApiDocument } from '../../src/server/openapi/document.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, useBrowser } from './browser.ts';

const { openPage } = useBrowser();

const ROUTES = Object.values(openApiDocument('/').paths).flatMap((operations) => Object.values(operations));

test('describes every route without a script, and without a style attribute', async () => {
  const here = await startTestMirror({ basePath: '/sub' });
  const page = await openPage(here, '/docs', { hasScript: false });
  expect(await page.locator('article.route').count()).toBe(ROUTES.length);
  for (const { operationId, summary } of ROUTES)
    expect(await page.locator(`#route-${operationId}`).textContent()).toContain(summary);
  expect(await page.locator('#route-search h3').textContent()).toContain('/sub/api/search');
  expect(await (await here.get('/docs')).text()).not.toMatch(/\sstyle=/);
});

test.runIf(IS_WHOLE_WEB).each([
  ['light', 'en', 1440],
  ['dark', 'zh', 360],
] as const)(
  'is accessible and fits: %s, %s, %d pixels wide',
  async (theme, language, width) => {
    const here = await startTestMirror();
    const page = await openPage(here, '/docs', { theme, language, width });
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    expect(await findSidewaysScroll(page)).toBe(0);
  },
  180_000,
);

test.runIf(IS_WHOLE_WEB)('shows only the routes that are filtered for', async () => {
  const here = await startTestMirror();
  const page = await openPage(here, '/docs');
  const filter = page.getByLabel('Filter routes');
  await filter.pressSequentially('tracked DELETE');
  expect(await page.locator('article.route:visible').count()).toBe(1);
  expect(await page.locator('nav [data-route]:visible').innerText()).toContain('/api/tracked/{id}');
  await filter.pressSequentially(' zebra');
  await page.getByText('No route matches.').waitFor();
  await filter.press('Control+a');
  await filter.press('Delete');
  expect(await page.locator('article.route:visible').count()).toBe(ROUTES.length);
  expect(await page.locator('#none-found').textContent()).toBe('');
});

test.runIf(IS_WHOLE_WEB)('copies a command that works', async () => {
  const here = await startTestMirror({ basePath: '/sub' });
  const page = await openPage(here, '/docs');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy the command: GET /api/stats' }).first().click();
  await expect.poll(() => page.locator('#copied').textContent()).toBe('Copied');
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toBe(`curl '${new URL(here.mirror.url).origin}/sub/api/stats'`);
  expect((await fetch(command.slice("curl '".length, -1))).status).toBe(200);
});

test.runIf(IS_WHOLE_WEB)('a link leads to a route, and its anchor is below the bar', async () => {
  const here = await startTestMirror();
  const page = await openPage(here, '/docs#route-untrack');
  const box = await page.locator('#route-untrack').boundingBox();
  expect(box?.y).toBeGreaterThanOrEqual(60);
  expect(box?.y).toBeLessThan(200);
});
