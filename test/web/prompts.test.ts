/** The pages of prompts and of their history, in a real browser. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { addToken } from '../helpers/access-token.ts';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, useBrowser } from './browser.ts';
import { getTask } from './gallery.ts';
import { storeTasks } from './wall-data.ts';

const { openPage } = useBrowser();

const IDS = numberedIds(60);
const id = (at: number) => IDS[at] ?? '';
const START_S = Date.UTC(2026, 2, 1, 12) / 1000;
const DAY_S = 86_400;
const LONG = `a cat, ${'and then one more thing on a shelf in the old library by the sea, '.repeat(12)}the end`;

/** One a day: a prompt and its edits, one used three times, one with markup, a long one. */
const PROMPTS = [
  ...['a cat on a roof at night', 'a white cat on a roof at night', 'a white cat on a red roof at night'],
  ...[
    '一只白色的猫坐在屋顶上',
    '一只黑色的猫坐在屋顶上',
    'a cat on a roof at night',
    '<b>bold</b> & "quoted"',
  ],
  ...[LONG, 'a cat on a roof at night'],
];

/** An edit of the picture of task 0, and pictures for two more. */
async function startWithPrompts(settings: Parameters<typeof startTestMirror>[0] = {}): Promise<TestMirror> {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host, ...settings });
  const options = PROMPTS.map((prompt, at) => ({
    ...{ id: id(at), prompt, createdAt: START_S + at * DAY_S },
    model: at % 2 === 0 ? 'flux-dev' : 'flux-pro',
    userId: at === 1 ? 'me' : 'other',
  }));
  const pictured = [0, 1, 4];
  await storeTasks(
    here,
    options.filter((_, at) => !pictured.includes(at)),
  );
  for (const at of pictured) {
    host.serve(`/${at}`, await picture('png', { width: 200 + at * 40, shade: at * 40 }));
    await storeTaskWithImages(here, id(at) as never, [`${host.url}/${at}`], {
      ...options[at],
      ...(at === 1
        ? { more: { request: { action: 'edit', prompt: PROMPTS[1], image_url: `${host.url}/0` } } }
        : {}),
    });
  }
  await here.mirror.archiver.run();
  await here.store.mark([{ id: id(5) as never, change: { rating: 4 } }], { nowMs: 1 });
  return here;
}

const WAYS = [
  ['light', 'en', 1440],
  ['dark', 'zh', 360],
  ['dark', 'en', 1440],
  ['light', 'zh', 360],
] as const;

const getItem = (page: Page, text: string) => page.locator('.prompt-item').filter({ hasText: text });

describe('the prompts', () => {
  test('are listed without a script, and lead to the wall, to the best of them and to their history', async () => {
    const here = await startWithPrompts({ basePath: '/sub' });
    const page = await openPage(here, '/prompts', { hasScript: false });
    expect(await (await here.get('/prompts')).text()).not.toMatch(/\sstyle=/);
    expect(await page.locator('.prompt-item').count()).toBe(7);
    const item = page.locator('.prompt-item').first();
    const facts = await item.locator('.prompt-facts').innerText();
    for (const fact of ['used 3 times', '1 March 2026 to 9 March 2026', 'flux-dev × 2', 'best rated: 4 of 5'])
      expect(facts).toContain(fact);
    expect(await getItem(page, '<b>bold</b> & "quoted"').count()).toBe(1);
    await item.getByRole('link', { name: 'best rated' }).click();
    expect(new URL(page.url()).search).toBe(`?task=${id(5)}`);
    await page.goBack();
    await item.locator('.prompt-picture').click();
    // Later ones with this prompt have no picture.
    expect(new URL(page.url()).search).toBe(`?task=${id(0)}`);
    await page.goBack();
    await item.getByRole('link', { name: 'History' }).click();
    expect(await page.locator('h1').innerText()).toBe('History of a prompt');
  });

  test.runIf(IS_WHOLE_WEB)(
    'are searched for and ordered by a form and links, in pages, without a script',
    async () => {
      const here = await startTestMirror();
      await storeTasks(
        here,
        Array.from({ length: 35 }, (_, at) => ({
          ...{ id: id(at), createdAt: START_S + at * DAY_S },
          prompt: at === 3 ? 'a cat, a cat' : `a cat and the number ${at}`,
        })),
      );
      const page = await openPage(here, '/prompts', { hasScript: false });
      const texts = () => page.locator('.prompt-text').allInnerTexts();
      expect(await page.getByRole('link', { name: 'Best match' }).count()).toBe(0);
      await page.getByLabel('Search prompts').fill('cat');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'Best match' }).waitFor();
      expect((await texts())[0]).toBe('a cat, a cat');
      expect(await page.locator('.prompt-text mark').first().innerText()).toBe('cat');
      await page.getByRole('link', { name: 'Oldest' }).click();
      await page.waitForURL(/sort=oldest/);
      const first = await texts();
      expect(first[0]).toBe('a cat and the number 0');
      expect(first.length).toBe(30);
      await page.getByRole('link', { name: 'More' }).click();
      await page.waitForURL(/cursor=/);
      expect(await texts()).toEqual([30, 31, 32, 33, 34].map((at) => `a cat and the number ${at}`));
      expect(await page.getByRole('link', { name: 'More' }).count()).toBe(0);
      await page.getByRole('link', { name: 'Back to the beginning' }).click();
      await page.waitForURL((url) => !url.search.includes('cursor'));
      expect(await texts()).toEqual(first);
      // The order is kept by a new search.
      await page.getByLabel('Search prompts').fill('nothing-like-it');
      await page.keyboard.press('Enter');
      await page.getByText('No prompt matches.').waitFor();
      expect(new URL(page.url()).searchParams.get('sort')).toBe('oldest');
      await page.getByRole('link', { name: 'Show all prompts' }).click();
      await page.waitForURL(/prompts$/);
    },
  );

  test.runIf(IS_WHOLE_WEB)('a long one is folded, unfolds by the keyboard, and is copied whole', async () => {
    const page = await openPage(await startWithPrompts(), '/prompts', { mayMove: true });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const item = getItem(page, 'one more thing');
    const readHeight = async () => (await item.locator('.prompt-text').boundingBox())?.height ?? 0;
    const folded = await readHeight();
    await item.locator('summary').focus();
    await page.keyboard.press('Enter');
    await expect.poll(readHeight).toBeGreaterThan(folded * 2);
    await item.getByRole('button', { name: 'Copy prompt' }).click();
    await expect.poll(() => page.locator('#copied').textContent()).toBe('Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(LONG);
  });

  test.runIf(IS_WHOLE_WEB)('there are none yet, or the search is wrong: the page says so', async () => {
    const here = await startTestMirror();
    const page = await openPage(here, '/prompts', { hasScript: false });
    expect(await page.locator('main').innerText()).toContain('There are no prompts yet.');
    const answer = await here.get('/prompts?cursor=nonsense', { accept: 'text/html' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('is not one of this search');
  });
});

describe('the history of a prompt', () => {
  test('shows what it comes from, what it led to, and the pictures that were edited, without a script', async () => {
    const here = await startWithPrompts();
    const page = await openPage(here, `/history?task=${id(1)}`, { hasScript: false });
    const parts = await page.locator('.history-part').allInnerTexts();
    expect(parts.map((text) => text.split('\n')[0])).toEqual([
      ...['Came from', 'This prompt', 'Led to 1', 'Made from these pictures'],
    ]);
    const from = page.locator('.history-part').first();
    expect(await from.locator('ins').innerText()).toContain('white');
    expect(await from.locator('del').count()).toBe(0);
    const to = page.locator('.history-part').nth(2);
    expect(await to.locator('ins').innerText()).toContain('red');
    // One level further.
    await to.getByRole('link', { name: 'History' }).click();
    await page.waitForURL(`**/history?task=${id(2)}`);
    expect(await page.locator('.is-current .prompt-text').innerText()).toBe(PROMPTS[2]);
    expect(await page.locator('main').innerText()).toContain('No later prompt here comes from it.');
  });

  test.runIf(IS_WHOLE_WEB)('tells what was changed in Chinese, by lines through and below it', async () => {
    const here = await startWithPrompts();
    const page = await openPage(here, `/history?task=${id(4)}`, { language: 'zh' });
    const [removed, added] = [page.locator('.prompt-item del'), page.locator('.prompt-item ins')];
    expect(await removed.evaluate((element) => element.lastChild?.textContent)).toBe('白色');
    expect(await added.evaluate((element) => element.lastChild?.textContent)).toBe('黑色');
    // Read out, as many screen readers say nothing of the elements.
    expect(await removed.locator('.visually-hidden').textContent()).toContain('删除');
    const findLine = (element: Element) => getComputedStyle(element).textDecorationLine;
    expect(await removed.evaluate(findLine)).toBe('line-through');
    expect(await added.evaluate(findLine)).toBe('underline');
  });

  test.runIf(IS_WHOLE_WEB)('is reached from an open task, and Back returns to it', async () => {
    const here = await startWithPrompts();
    const page = await openPage(here, `/?task=${id(1)}`, { mayMove: true });
    await getTask(page).getByRole('link', { name: 'History of this prompt' }).click();
    await page.waitForURL(`**/history?task=${id(1)}`);
    await page.goBack();
    await getTask(page).locator('.prompt').waitFor();
  });

  test.each(['', '?task=', '?task=unknown', `?task=${'x'.repeat(200)}`])(
    'of no task says so: %s',
    async (query) => {
      const answer = await (await startTestMirror()).get(`/history${query}`, { accept: 'text/html' });
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('This task is not in the mirror.');
    },
  );

  test.runIf(IS_WHOLE_WEB)('shows a limited token nothing of what others asked for', async () => {
    const here = await startWithPrompts();
    const mine = await addToken(here, { limits: { userIds: ['me'] } });
    const headers = { ...mine, accept: 'text/html' };
    const own = await here.get(`/history?task=${id(1)}`, headers);
    expect(own.status).toBe(200);
    const text = await own.text();
    expect(text).toContain('No earlier prompt here is like it.');
    for (const other of [id(0), id(2)]) expect(text).not.toContain(other);
    expect((await here.get(`/history?task=${id(0)}`, headers)).status).toBe(404);
  });
});

describe('the pages are accessible and fit', () => {
  test.each(IS_WHOLE_WEB ? WAYS : WAYS.slice(1, 2))(
    '%s, %s, %d pixels wide',
    async (theme, language, width) => {
      const here = await startWithPrompts();
      for (const path of ['/prompts', `/history?task=${id(1)}`]) {
        const page = await openPage(here, path, { theme, language, width, mayMove: true });
        for (const summary of await page.locator('main summary').all()) await summary.click();
        expect(await findAccessibilityProblems(page), path).toEqual([]);
        expect(await findSidewaysScroll(page), path).toBe(0);
      }
    },
  );
});
