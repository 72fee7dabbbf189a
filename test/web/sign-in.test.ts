/** The page that asks for a token, in a real browser. */
import { expect, test } from 'vitest';
import { startTestMirror } from '../helpers/test-mirror.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, useBrowser } from './browser.ts';

const { openPage } = useBrowser();

test.each([
  ['light', 'en', 1440],
  ['dark', 'zh', 360],
] as const)('is accessible and fits: %s, %s, %d pixels wide', async (theme, language, width) => {
  const here = await startTestMirror();
  const page = await openPage(here, '/sign-in?error=invalid_token', { theme, language, width });
  expect(await findAccessibilityProblems(page)).toEqual([]);
  expect(await findSidewaysScroll(page)).toBe(0);
});

test('sends the token by a form, with where to go then, also without a script', async () => {
  const here = await startTestMirror();
  const page = await openPage(here, '/sign-in?next=./status', { hasScript: false });
  await page.getByLabel('Token').fill('fluxm_secret');
  const sending = page.waitForRequest((request) => request.method() === 'POST');
  await page.route('**/sign-in', (route) => route.fulfill({ status: 200, body: 'signed in' }));
  await page.getByRole('button', { name: 'Sign in' }).click();
  const request = await sending;
  expect(new URL(request.url()).pathname).toBe('/sign-in');
  expect(request.postData()).toBe('token=fluxm_secret&next=.%2Fstatus');
});

test('says why it asks again', async () => {
  const here = await startTestMirror();
  const page = await openPage(here, '/sign-in?error=expired');
  expect(await page.getByRole('alert').innerText()).toBe('Your session has ended.');
  await page.goto(`${here.mirror.url}/sign-in?error=<b>x</b>`);
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('keeps the language and the theme that were chosen', async () => {
  const here = await startTestMirror();
  const page = await openPage(here, '/sign-in', { width: 360 });
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByLabel('中文').click();
  await page.getByRole('heading', { name: '登录' }).waitFor();
  await page.getByRole('button', { name: '主题: 跟随系统' }).click();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
});
