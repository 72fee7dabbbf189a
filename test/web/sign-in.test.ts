/** The page that asks for a token, in a real browser. */
import { expect, test } from 'vitest';
import { startTestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, useBrowser } from './browser.ts';

const { openPage } = useBrowser();

const TOKEN = 'a-token-of-the-mirror';

test.runIf(IS_WHOLE_WEB).each([
  ['light', 'en', 1440],
  ['dark', 'zh', 360],
] as const)('is accessible and fits: %s, %s, %d pixels wide', async (theme, language, width) => {
  const here = await startTestMirror();
  const page = await openPage(here, '/sign-in?error=invalid_token', { theme, language, width });
  expect(await findAccessibilityProblems(page)).toEqual([]);
  expect(await findSidewaysScroll(page)).toBe(0);
});

const WAYS: [boolean, string][] = [
  [true, '/sub'],
  [true, ''],
  [false, ''],
];

test.each(IS_WHOLE_WEB ? WAYS : WAYS.slice(0, 1))(
  'leads back to the page that asked for a token (script: %s, base path "%s")',
  async (hasScript, basePath) => {
    const here = await startTestMirror({ tokens: TOKEN, ...(basePath && { basePath }) });
    const page = await openPage(here, '/status', { hasScript });
    expect(new URL(page.url()).pathname).toBe(`${basePath}/sign-in`);
    await page.getByLabel('Token').fill('something-else');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This is not a token of this mirror.').waitFor();
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${basePath}/status`);
    expect(await page.locator('h1').textContent()).toBe('Nothing is here yet.');
  },
);

test('signs out, and asks again', async () => {
  const here = await startTestMirror({ tokens: TOKEN });
  const page = await openPage(here, '/docs');
  await page.getByLabel('Token').fill(TOKEN);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Token').waitFor();
  expect((await page.context().cookies()).filter(({ httpOnly }) => httpOnly)).toEqual([]);
});

test.runIf(IS_WHOLE_WEB)('a page asks for nothing more while it is left by signing out', async () => {
  const here = await startTestMirror({ tokens: TOKEN });
  const page = await openPage(here, '/status');
  await page.getByLabel('Token').fill(TOKEN);
  await page.clock.install();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Menu' }).click();
  // The session ends, and the next page does not come yet.
  await page.evaluate(() => {
    document.addEventListener('submit', (event) => event.preventDefault());
  });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.evaluate(() => fetch('./sign-out', { method: 'POST' }));
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.clock.runFor(60_000);
  expect(requests).toEqual([]);
});

test.runIf(IS_WHOLE_WEB)('says why it asks again', async () => {
  const here = await startTestMirror();
  const page = await openPage(here, '/sign-in?error=expired');
  expect(await page.getByRole('alert').innerText()).toBe('Your session has ended.');
  await page.goto(`${here.mirror.url}/sign-in?error=<b>x</b>`);
  expect(await page.getByRole('alert').count()).toBe(0);
});

test.runIf(IS_WHOLE_WEB)('keeps the language and the theme that were chosen', async () => {
  const here = await startTestMirror();
  const page = await openPage(here, '/sign-in', { width: 360 });
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByLabel('中文').click();
  await page.getByRole('heading', { name: '登录' }).waitFor();
  await page.getByRole('button', { name: '主题: 跟随系统' }).click();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
});
