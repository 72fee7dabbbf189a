/** The gallery below a path of a reverse proxy that removes it, and of one that does not. */
import { beforeEach, expect, test } from 'vitest';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startNginx } from '../helpers/nginx.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { getTask, getTile } from './gallery.ts';
import { storeTasks } from './wall-data.ts';

const { openPage } = useBrowser();
beforeEach((context) => requireOnMachine(context, 'nginx'));

const [FIRST] = numberedIds(1);
const TOKEN = 'a-token-of-the-mirror';

/** @param isStripping whether the mirror sees `/` where the browser has `/sub/` */
async function startBehindProxy(isStripping: boolean) {
  const host = await imageHost();
  host.serve('/1', await picture('png'));
  const here = await startTestMirror({
    tokens: TOKEN,
    imageAllowHosts: host.host,
    ...(isStripping ? {} : { basePath: '/sub' }),
  });
  await storeTaskWithImages(here, FIRST, [`${host.url}/1`], { prompt: 'a white cat' });
  await here.mirror.archiver.run();
  const { origin } = new URL(here.mirror.url);
  const url = await startNginx(
    isStripping ? `location /sub/ { proxy_pass ${origin}/; }` : `location /sub { proxy_pass ${origin}; }`,
  );
  return { here, behind: { mirror: { ...here.mirror, url: `${url}/sub` } } };
}

test.each([['leaves it', false] as const, ...(IS_WHOLE_WEB ? [['removes it', true] as const] : [])])(
  'below /sub of a proxy that %s, everything has the right address',
  async (_what, isStripping) => {
    const { here, behind } = await startBehindProxy(isStripping);
    // Without the slash at its end, too.
    const page = await openPage(
      { mirror: { ...here.mirror, url: new URL(behind.mirror.url).origin } },
      '/sub?q=cat',
    );
    expect(new URL(page.url()).pathname).toBe('/sub/sign-in');
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sub/?q=cat');
    await page.waitForSelector('html[data-ready]');
    const tile = getTile(page, FIRST);
    await tile.locator('img').evaluate((image: HTMLImageElement) => image.decode());
    await tile.click();
    await getTask(page)
      .locator('.large-picture')
      .evaluate((image: HTMLImageElement) => image.decode());
    expect(new URL(page.url()).pathname).toBe('/sub/');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.waitForURL(/\/sub\/$/);
    await storeTasks(here, [{ id: 'new-one', prompt: 'a fish', createdAt: 1_773_400_100 }]);
    await getTile(page, 'new-one').waitFor(); // the stream passes, too
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'API' }).click();
    await page.waitForURL('**/sub/docs');
    await page.goto(`${behind.mirror.url}/status`);
    await page.waitForSelector('html[data-ready]');
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sub/sign-in');
  },
);

test('an address without the slash leads to the pages, with what is searched for', async () => {
  const here = await startTestMirror({ basePath: '/deep/sub', tokens: TOKEN });
  const ask = async (path: string, more: Record<string, string> = {}) => {
    const headers = { accept: 'text/html', ...more };
    const answer = await fetch(`${here.mirror.url}${path}`, { redirect: 'manual', headers });
    return [answer.status, answer.headers.get('location')];
  };
  expect(await ask('?q=cat')).toEqual([308, './sub/?q=cat']);
  expect(await ask('/?q=cat')).toEqual([303, './sign-in?next=.%2F%3Fq%3Dcat']);
  for (const path of ['/?q=cat', '/', '//'])
    expect(await ask(path, { authorization: `Bearer ${TOKEN}` })).toEqual([200, null]);
});

test('behind TLS, said by a proxy that is trusted, the cookie is for TLS only', async () => {
  const here = await startTestMirror({ tokens: TOKEN, trustedProxies: '127.0.0.1' });
  const { origin } = new URL(here.mirror.url);
  const location = (proto: string) =>
    startNginx(`location / { proxy_pass ${origin}; proxy_set_header X-Forwarded-Proto ${proto}; }`);
  const readCookie = async (url: string) => {
    const answer = await fetch(`${url}/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ token: TOKEN }),
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    return answer.headers.get('set-cookie');
  };
  expect(await readCookie(await location('https'))).toMatch(/; HttpOnly; Secure; SameSite=Strict/);
  expect(await readCookie(await location('http'))).not.toContain('Secure');
});
