/** Sessions that end while a page is open, tokens that may not see or change everything, and pages of other origins. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addToken } from '../helpers/access-token.ts';
import { numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { getTile, getTrouble } from './gallery.ts';
import { storeTasks } from './wall-data.ts';

const { openPage } = useBrowser();

const [MINE, THEIRS] = numberedIds(2);
const TOKEN = 'a-token-of-the-mirror';
const UNAUTHORIZED = [/status of 401/];

/** Signs in on the page that asks for a token, and waits for the page that was wanted. */
async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('html[data-ready][data-page="wall"]');
}

function readToken({ authorization }: { authorization: string }): string {
  return authorization.slice('Bearer '.length);
}

async function startWithTokens() {
  const here = await startTestMirror({ tokens: TOKEN });
  await storeTasks(here, [
    { id: MINE, prompt: 'my cat', userId: 'me', model: 'flux-mine' },
    { id: THEIRS, prompt: 'their dog', userId: 'them', model: 'flux-theirs', createdAt: 1_770_000_000 },
  ]);
  return here;
}

test('a page without a token leads to the one that asks for it, and from there to what was wanted', async () => {
  const here = await startWithTokens();
  const page = await openPage(here, `/?q=cat&sort=oldest&task=${MINE}`);
  expect(new URL(page.url()).pathname).toBe('/sign-in');
  await signIn(page, TOKEN);
  expect(new URL(page.url()).search).toBe(`?q=cat&sort=oldest&task=${MINE}`);
  expect(await page.locator('dialog .prompt').innerText()).toBe('my cat');
});

const ENDS = [
  ['revoked', async (here: TestMirror, name: string) => void (await here.store.revokeAccessToken(name, 1))],
  ['expired', async (here: TestMirror) => here.clock.advance(120_000)],
] as const;

test.each(IS_WHOLE_WEB ? ENDS : ENDS.slice(0, 1))(
  'a session whose token is %s ends the stream, and the page says where to sign in',
  async (_what, end) => {
    const here = await startWithTokens();
    const token = readToken(await addToken(here, { expiresAtMs: here.clock.now() + 60_000 }));
    const page = await openPage(here, '/?q=cat', { expectedErrors: UNAUTHORIZED });
    await signIn(page, token);
    await end(here, token.slice(-8));
    here.clock.advance(1001);
    await getTrouble(page).getByText('Your session has ended.').waitFor();
    expect(await getTile(page, MINE).count()).toBe(1);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await getTrouble(page).getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Token').waitFor();
    expect(asked.filter((url) => url.includes('/api/'))).toEqual([]);
    await signIn(page, TOKEN);
    expect(await getTrouble(page).count()).toBe(0);
    expect(new URL(page.url()).search).toBe('?q=cat');
  },
);

test('a limited token sees its own tasks only: tiles, counts, rail, filters, dates, live news, and no others by address', async () => {
  const here = await startWithTokens();
  const headers = await addToken(here, { limits: { userIds: ['me'] } });
  const page = await openPage(here, '/', { headers, expectedErrors: [/status of 404/] });
  expect(await page.locator('.tile').count()).toBe(1);
  expect(await page.locator('.total').innerText()).toBe('1 task');
  expect(await page.locator('#rail').count()).toBe(0);
  await page.getByRole('button', { name: 'Model' }).click();
  await page.locator('.values').getByText('flux-mine').waitFor();
  expect(await page.locator('.values').innerText()).not.toContain('flux-theirs');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Dates' }).click();
  expect(await page.locator('.brush-head').innerText()).toContain('1 task');
  await page.keyboard.press('Escape');

  const stream: string[] = [];
  await page.evaluate(() => {
    const received: string[] = [];
    Object.assign(window, { received });
    const source = new EventSource('./api/events?tz=UTC');
    for (const name of ['task', 'image', 'changed'])
      source.addEventListener(name, (event) => received.push((event as MessageEvent<string>).data));
    return new Promise((resolve) => source.addEventListener('open', resolve));
  });
  await storeTasks(here, [
    { id: 'new-theirs', prompt: 'x', userId: 'them' },
    { id: 'new-mine', prompt: 'y', userId: 'me', createdAt: 1_773_400_100 },
  ]);
  await getTile(page, 'new-mine').waitFor();
  stream.push(...(await page.evaluate(() => Reflect.get(window, 'received') as string[])));
  expect(stream.join()).not.toContain('new-theirs');
  expect(await page.locator('.tile').count()).toBe(2);

  const other = await openPage(here, `/?task=${THEIRS}`, { headers, expectedErrors: [/status of 404/] });
  await other.getByText('This task is not in the mirror.').waitFor();
  expect(await other.content()).not.toContain('their dog');
});

test.runIf(IS_WHOLE_WEB)('a read-only token is offered nothing that changes anything', async () => {
  const here = await startWithTokens();
  const headers = await addToken(here, { isReadOnly: true });
  const page = await openPage(here, '/', { headers });
  await getTile(page, MINE).focus();
  await page.keyboard.press('x');
  await page.getByRole('toolbar').getByText('1 selected').waitFor();
  expect(await page.getByRole('button', { name: 'Forget' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Download zip' }).count()).toBe(1);
  const status = await openPage(here, '/status', { headers });
  expect(await status.getByRole('button', { name: /Sync now|Add ids/ }).count()).toBe(0);
});

describe('a page of another origin', () => {
  async function startOrigin(html: string): Promise<string> {
    const server = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(html),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  test('can neither frame, nor read, nor change anything, although the browser has a session', async () => {
    const here = await startWithTokens();
    const page = await openPage(here, '/', { expectedErrors: [/./] });
    await signIn(page, TOKEN);
    const origin = await startOrigin(`<iframe src="${here.mirror.url}/"></iframe>
      <form id="form" method="post" action="${here.mirror.url}/api/forget"><input name="ids" value="${MINE}"></form>`);
    const evil = await page.context().newPage();
    await evil.goto(origin);
    const results = await evil.evaluate(
      async ([url, id]) => {
        const attempt = async (path: string, init: RequestInit) => {
          try {
            const answer = await fetch(`${url}${path}`, { credentials: 'include', ...init });
            return answer.status;
          } catch {
            return 'blocked';
          }
        };
        return [
          await attempt('/api/search', {}),
          await attempt('/api/forget', { method: 'POST', body: JSON.stringify({ ids: [id] }) }),
          await attempt('/api/forget', {
            method: 'POST',
            mode: 'no-cors',
            body: JSON.stringify({ ids: [id] }),
          }),
          await attempt('/sign-out', { method: 'POST', mode: 'no-cors' }),
        ];
      },
      [here.mirror.url, MINE] as const,
    );
    expect(results.slice(0, 2)).toEqual(['blocked', 'blocked']);
    const frame = evil.frames().find((each) => each !== evil.mainFrame());
    expect(frame?.url()).toMatch(/^chrome-error:/);
    await Promise.all([
      evil.waitForNavigation(),
      evil.evaluate(() => (globalThis.document.getElementById('form') as HTMLFormElement).submit()),
    ]);
    expect(await evil.locator('body').innerText()).toContain('"success":false');
    expect((await here.store.stats(here.clock.now())).total).toBe(2);
    // The session is still there.
    await page.reload();
    await getTile(page, MINE).waitFor();
  });
});
