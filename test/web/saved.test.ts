/** The page of saved searches, in a real browser. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { addToken } from '../helpers/access-token.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, useBrowser } from './browser.ts';
import { expectFocus } from './gallery.ts';
import { storeTasks, taskIdOf } from './wall-data.ts';

const { openPage } = useBrowser();

interface SavedSearch {
  readonly id: string;
  readonly name: string;
  readonly query: string;
  readonly tz: string | null;
  readonly new: number;
  readonly feed: { readonly atom: string; readonly json: string } | null;
}

async function send(here: TestMirror, method: string, path: string, body?: object): Promise<SavedSearch> {
  const answer = await here.request(path, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(answer.ok).toBe(true);
  return (await answer.json()) as SavedSearch;
}

const save = (here: TestMirror, name: string, query: string) =>
  send(here, 'POST', '/api/saved', { name, query });

async function list(here: TestMirror): Promise<readonly SavedSearch[]> {
  const { items } = (await (await here.get('/api/saved')).json()) as { items: SavedSearch[] };
  return items;
}

/** A task that is created now. */
const storeTask = (here: TestMirror, number: number, prompt: string) =>
  storeTasks(here, [{ id: taskIdOf(number), prompt, createdAt: here.clock.now() / 1000 }]);

const getEntry = (page: Page, name: string) =>
  page.locator('.saved-entry').filter({ has: page.getByRole('link', { name, exact: true }) });
const getForm = (page: Page) => page.locator('main > section form');
const listNames = (page: Page) => page.locator('.saved-entry h2 a').allInnerTexts();

const MAY_MOVE = { mayMove: true };
const REFUSED = { mayMove: true, expectedErrors: [/status of 4\d\d/, /ERR_FAILED/] };

describe('a search of the wall', () => {
  test('is saved with its filters, from the keyboard, and stays after a reload', async () => {
    const here = await startTestMirror({ basePath: '/sub' });
    await storeTask(here, 1, 'a cat');
    const page = await openPage(
      here,
      '/?q=cat&model=flux-dev,flux-pro&tag=two+words&from=2026-01&to=2026-02',
      {
        mayMove: true,
      },
    );
    await page.getByRole('link', { name: 'Save this search' }).click();
    await page.waitForURL(/\/sub\/saved\?/);
    await page.waitForSelector('html[data-ready]');
    const query = 'cat (model:flux-dev OR model:flux-pro) tag:"two words" after:2026-01 before:2026-03-01';
    expect(await getForm(page).getByLabel('Search', { exact: true }).inputValue()).toBe(query);
    await expectFocus(page, 'input');
    await page.keyboard.type('Winter cats');
    await page.keyboard.press('Enter');
    await getEntry(page, 'Winter cats').waitFor();
    expect(await list(here)).toMatchObject([{ name: 'Winter cats', query }]);
    expect(await getForm(page).getByLabel('Name').inputValue()).toBe('');
    await page.reload();
    expect(new URL(page.url()).search).toBe('');
    expect(await getEntry(page, 'Winter cats').locator('code').innerText()).toBe(query);
  });

  test('cannot be saved if a part of it is not understood, or if its name is taken; what was typed stays', async () => {
    const here = await startTestMirror();
    await save(here, 'Cats', 'cat');
    const page = await openPage(here, '/saved?q=sate:failed', REFUSED);
    await getForm(page).getByLabel('Name').fill('cats');
    await page.keyboard.press('Enter');
    const alert = getForm(page).getByRole('alert');
    await expect.poll(() => alert.innerText()).toContain('the search was not saved: sate: is no operator');
    await getForm(page).getByLabel('Search', { exact: true }).fill('state:failed');
    await page.keyboard.press('Enter');
    await expect.poll(() => alert.innerText()).toContain('there is a saved search of this name');
    expect(await getForm(page).getByLabel('Name').inputValue()).toBe('cats');
    await getForm(page).getByLabel('Name').fill('failed');
    await page.keyboard.press('Enter');
    await expect.poll(() => listNames(page)).toEqual(['Cats', 'failed']);
  });

  test.runIf(IS_WHOLE_WEB)('the mirror is gone: the form says so, and saves when it is back', async () => {
    const here = await startTestMirror();
    const page = await openPage(here, '/saved?q=cat', REFUSED);
    await page.route('**/api/saved', (route) => route.abort());
    await getForm(page).getByLabel('Name').fill('Cats');
    await page.keyboard.press('Enter');
    await expect.poll(() => getForm(page).getByRole('alert').innerText()).toContain('could not be done');
    await page.unroute('**/api/saved');
    await page.keyboard.press('Enter');
    await getEntry(page, 'Cats').waitFor();
  });
});

describe('a saved search', () => {
  test('tells how much is new in it, until its hits have been looked at', async () => {
    const here = await startTestMirror();
    await save(here, 'Cats', 'cat');
    here.clock.advance(5000);
    await storeTask(here, 1, 'a cat');
    await storeTask(here, 2, 'a cat too');
    await storeTask(here, 3, 'a dog');
    here.clock.advance(5000);
    const page = await openPage(here, '/saved', MAY_MOVE);
    expect(await page.locator('.saved-new').innerText()).toBe('2 new');
    await page.getByRole('link', { name: 'Cats' }).click();
    await page.waitForURL('**/?q=cat&sort=newest');
    expect(await page.locator('.tile').count()).toBe(2);
    await expect.poll(async () => (await list(here))[0]?.new).toBe(0);
    await page.goBack();
    await page.getByText('nothing new').waitFor();
  });

  test.runIf(IS_WHOLE_WEB)('tells of what is created while the page is open', async () => {
    const here = await startTestMirror();
    await save(here, 'Cats', 'cat');
    const page = await openPage(here, '/saved', MAY_MOVE);
    await page.getByText('nothing new').waitFor();
    await storeTask(here, 1, 'a cat');
    await page.getByText('1 new').waitFor();
  });

  test.runIf(IS_WHOLE_WEB)(
    'is renamed and changed; somebody else’s change is shown, and then replaced',
    async () => {
      const here = await startTestMirror();
      const { id } = await save(here, 'Cats', 'cat');
      const page = await openPage(here, '/saved', REFUSED);
      await page.getByRole('button', { name: 'Edit “Cats”' }).click();
      await expectFocus(page, 'input');
      await send(here, 'PATCH', `/api/saved/${id}`, { query: 'white cat' });
      const form = page.locator('.saved-entry form');
      await form.getByLabel('Name').fill('Red cats');
      await form.getByLabel('Search', { exact: true }).fill('red cat');
      await page.keyboard.press('Enter');
      await expect.poll(() => form.getByRole('alert').innerText()).toContain('Somebody else has changed');
      expect(await getEntry(page, 'Cats').locator('code').innerText()).toBe('white cat');
      expect((await list(here))[0]).toMatchObject({ name: 'Cats', query: 'white cat' });
      await page.keyboard.press('Enter');
      await getEntry(page, 'Red cats').waitFor();
      expect((await list(here))[0]).toMatchObject({ name: 'Red cats', query: 'red cat' });
      await form.waitFor({ state: 'detached' });
      await expectFocus(page, '.saved-entry button');
    },
  );

  test.runIf(IS_WHOLE_WEB)(
    'has a feed that is read without a token, gets another address, and ends',
    async () => {
      const here = await startTestMirror({ tokens: 'a-token-of-the-mirror' });
      const headers = await addToken(here);
      await here.request('/api/saved', { method: 'POST', headers, body: '{"name":"Cats","query":"cat"}' });
      const page = await openPage(here, '/saved', { headers, mayMove: true });
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: 'Feed: Cats' }).click();
      await page.getByRole('button', { name: 'Turn on' }).click();
      const readAddress = (name: string) => page.getByRole('textbox', { name, exact: true }).inputValue();
      const [atom, json] = [await readAddress('Atom'), await readAddress('JSON Feed')];
      await page.getByRole('button', { name: 'Copy: JSON Feed' }).click();
      await page.getByText('The address is copied.').waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(json);
      for (const address of [atom, json]) expect((await fetch(address)).status).toBe(200);

      await page.getByRole('button', { name: 'New addresses' }).click();
      await page.getByRole('button', { name: 'New addresses' }).click();
      await expect.poll(() => readAddress('Atom')).not.toBe(atom);
      const later = await readAddress('Atom');
      expect([(await fetch(atom)).status, (await fetch(later)).status]).toEqual([404, 200]);

      await page.getByRole('button', { name: 'Turn off' }).click();
      await page.keyboard.press('Escape');
      expect((await fetch(later)).status).toBe(200);
      await page.getByRole('button', { name: 'Turn off' }).click();
      await page.getByRole('button', { name: 'Turn off' }).click();
      await page.getByText('The feed is turned off.').waitFor();
      expect((await fetch(later)).status).toBe(404);
      expect(await page.getByRole('textbox', { name: 'Atom' }).count()).toBe(0);
    },
  );

  test.runIf(IS_WHOLE_WEB)('is deleted after a question', async () => {
    const here = await startTestMirror();
    await save(here, 'Cats', 'cat');
    await save(here, 'Dogs', 'dog');
    const page = await openPage(here, '/saved', MAY_MOVE);
    await page.getByRole('button', { name: 'Delete “Cats”' }).click();
    await page.getByRole('group', { name: /can’t be undone/ }).waitFor();
    await page.keyboard.press('Enter');
    expect((await list(here)).length).toBe(2);
    await page.getByRole('button', { name: 'Delete “Cats”' }).click();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => listNames(page)).toEqual(['Dogs']);
    expect((await list(here)).map(({ name }) => name)).toEqual(['Dogs']);
    await expectFocus(page);
  });

  test.runIf(IS_WHOLE_WEB)(
    'is somebody’s with limits: they see theirs alone, and others see whose it is',
    async () => {
      const here = await startTestMirror();
      await save(here, 'All cats', 'cat');
      const mine = await addToken(here, { limits: { userIds: ['me'] } });
      await here.request('/api/saved', {
        method: 'POST',
        headers: mine,
        body: '{"name":"Mine","query":"cat"}',
      });
      const page = await openPage(here, '/saved', { headers: mine });
      expect(await listNames(page)).toEqual(['Mine']);
      const whole = await openPage(here, '/saved', { headers: await addToken(here) });
      expect(await listNames(whole)).toEqual(['All cats', 'Mine']);
      expect(await getEntry(whole, 'Mine').innerText()).toContain('only tasks of me');
    },
  );

  test.runIf(IS_WHOLE_WEB)(
    'is read by a token that may only read: no keys, nothing to change, and no visit',
    async () => {
      const here = await startTestMirror();
      const { id } = await save(here, 'Cats', 'cat');
      const { feed } = await send(here, 'POST', `/api/saved/${id}/feed`);
      const key = new URL(feed?.json ?? '').searchParams.get('key') ?? '';
      here.clock.advance(5000);
      await storeTask(here, 1, 'a cat');
      const headers = await addToken(here, { isReadOnly: true });
      const html = await (await here.get('/saved?q=cat', { ...headers, accept: 'text/html' })).text();
      expect(key.length).toBeGreaterThan(10);
      expect(html).not.toContain(key);
      const page = await openPage(here, '/saved?q=cat', { headers, mayMove: true });
      expect(await page.locator('.saved-entry h2').innerText()).toMatch(/Cats\s+1 new/);
      expect(await page.locator('main :is(form, button)').count()).toBe(0);
      await page.getByRole('link', { name: 'Cats' }).click();
      await page.locator('.tile').waitFor();
      expect(await page.getByRole('link', { name: 'Save this search' }).count()).toBe(0);
      const [saved] = (await (await here.get('/api/saved', headers)).json()).items;
      expect(saved.new).toBe(1);
    },
  );

  test('is listed without a script, and names and queries are only text', async () => {
    const here = await startTestMirror();
    await save(here, '<b>Cats</b> & "dogs"', '"<i>cat</i>"');
    const page = await openPage(here, '/saved?q=cat', { hasScript: false });
    expect(await listNames(page)).toEqual(['<b>Cats</b> & "dogs"']);
    expect(await page.locator('main :is(form, button):visible').count()).toBe(0);
    const html = await (await here.get('/saved', { accept: 'text/html' })).text();
    expect(html).not.toMatch(/\s(?:style|on\w+)=|<[bi]>/);
  });
});

const WAYS = [
  ['dark', 'zh', 360],
  ['light', 'en', 1440],
  ['light', 'zh', 360],
  ['dark', 'en', 1440],
] as const;

test.each(IS_WHOLE_WEB ? WAYS : WAYS.slice(0, 1))(
  'the page is accessible and fits: %s, %s, %d pixels wide',
  async (theme, language, width) => {
    const here = await startTestMirror();
    const { id } = await save(here, 'Cats on roofs and in gardens', `cat ${'(roof OR garden) '.repeat(8)}`);
    await save(here, 'x'.repeat(100), 'y'.repeat(300));
    await send(here, 'POST', `/api/saved/${id}/feed`);
    const page = await openPage(here, '/saved?q=cat', { theme, language, width, mayMove: true });
    for (const at of [0, 1, 2]) {
      await page.locator('.saved-entry > .saved-tools').first().getByRole('button').nth(at).click();
      expect(await findAccessibilityProblems(page)).toEqual([]);
      expect(await findSidewaysScroll(page)).toBe(0);
    }
  },
);
