/** Stars, ratings, tags, notes and hiding, in the page. */
import type { Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/task/id.ts';
import { type MarkChange, NO_MARKS } from '../../src/task/marks.ts';
import { addToken } from '../helpers/access-token.ts';
import type { TestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, type PageOptions, useBrowser } from './browser.ts';
import { expectFocus, getTask, getTile } from './gallery.ts';
import { startFilledMirror, taskIdOf } from './wall-data.ts';

const { openPage } = useBrowser();

const [FIRST, SECOND, THIRD, FOURTH] = [taskIdOf(0), taskIdOf(1), taskIdOf(2), taskIdOf(3)];

async function mark({ store, clock }: TestMirror, id: TaskId, change: MarkChange): Promise<void> {
  await store.mark([{ id, change }], { nowMs: clock.now(), within: undefined });
}

async function readMarks({ store }: TestMirror, id: TaskId) {
  return (await store.marksOf([id]))[0] ?? NO_MARKS;
}

function openGallery(here: TestMirror, path = '/', options: PageOptions = {}): Promise<Page> {
  // Answers come later than browsers remember a key, on a slow machine.
  return openPage(here, path, { mayMove: true, ...options });
}

/** Opens a task, with its controls. */
async function openTask(here: TestMirror, id: TaskId, options: PageOptions = {}): Promise<Page> {
  const page = await openGallery(here, `/?task=${id}`, options);
  await page.locator('.marks-editor').waitFor();
  return page;
}

function listTiles(page: Page): Promise<(string | undefined)[]> {
  return page
    .locator('.tile a')
    .evaluateAll((tiles) => tiles.map((tile) => (tile as HTMLElement).dataset.id));
}

describe('of one task', () => {
  test('a star and a rating are set by keys, kept, and shown and said by the tile', async () => {
    const here = await startFilledMirror(6);
    const page = await openGallery(here);
    await getTile(page, SECOND).focus();
    await page.keyboard.press('l');
    await page.keyboard.press('4');
    await expect.poll(() => readMarks(here, SECOND)).toMatchObject({ starred: true, rating: 4 });
    await expect
      .poll(() => getTile(page, SECOND).getAttribute('aria-label'))
      .toMatch(/Starred, Rating 4 of 5/);
    expect(await getTile(page, SECOND).locator('.badge-marks').getAttribute('data-rating')).toBe('4');
    await expectFocus(page, `[data-id="${SECOND}"]`);
    await page.keyboard.press('l');
    await page.keyboard.press('0');
    await expect.poll(() => readMarks(here, SECOND)).toMatchObject({ starred: false, rating: 0 });
    await getTile(page, SECOND).locator('.badge-marks').waitFor({ state: 'detached' });
  });

  test('the controls save at once, and say what is chosen', async () => {
    const here = await startFilledMirror(6);
    await mark(here, FIRST, { addTags: ['poster', 'red, round'] });
    const page = await openTask(here, SECOND);
    const panel = getTask(page).locator('.marks');
    await panel.getByRole('button', { name: 'Star' }).click();
    await expect
      .poll(() => panel.getByRole('button', { name: 'Star' }).getAttribute('aria-pressed'))
      .toBe('true');
    await panel.getByRole('radio', { name: 'Rating 3 of 5' }).check();
    await page.keyboard.press('ArrowRight'); // moves in the group, not to the next task
    await expect.poll(() => readMarks(here, SECOND)).toMatchObject({ starred: true, rating: 4 });

    await page.keyboard.press('t');
    await expectFocus(page, '.tag-input input');
    await page.keyboard.type('Sea  Side');
    await page.keyboard.press('Enter');
    await page.keyboard.type('po');
    await panel.getByRole('option', { name: /poster/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await readMarks(here, SECOND)).tags).toEqual(['poster', 'sea side']);
    await panel.getByRole('button', { name: 'Remove sea side' }).click();
    await expect.poll(async () => (await readMarks(here, SECOND)).tags).toEqual(['poster']);
    await panel.locator('.tag').nth(1).waitFor({ state: 'detached' });
    expect(await findAccessibilityProblems(page)).toEqual([]);
  });

  test('a change that fails is taken back and said', async () => {
    const here = await startFilledMirror(6);
    const page = await openTask(here, SECOND, { expectedErrors: [/status of 500/] });
    await page.route('**/marks', (route) =>
      route.fulfill({ status: 500, json: { error: { code: 'api_error', message: 'the disk is away' } } }),
    );
    const star = getTask(page).getByRole('button', { name: 'Star' });
    await star.click();
    await page.getByText('This could not be saved: the disk is away').first().waitFor();
    expect(await star.getAttribute('aria-pressed')).toBe('false');
  });

  test.runIf(IS_WHOLE_WEB)('a note is saved, and never over what somebody else has written', async () => {
    const here = await startFilledMirror(6);
    const page = await openTask(here, SECOND, { expectedErrors: [/status of 412/] });
    const note = getTask(page).getByRole('textbox', { name: 'Note' });
    await page.keyboard.press('n');
    await expectFocus(page, 'textarea');
    await page.keyboard.type('mine');
    await page.getByRole('button', { name: 'Save the note' }).click();
    await expect.poll(async () => (await readMarks(here, SECOND)).note).toBe('mine');
    await page.getByRole('button', { name: 'Save the note' }).waitFor({ state: 'detached' });

    await note.fill('mine again');
    await mark(here, SECOND, { rating: 2 }); // changes nothing of the note
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => readMarks(here, SECOND)).toMatchObject({ note: 'mine again', rating: 2 });

    await note.fill('mine at last');
    await mark(here, SECOND, { note: 'theirs' });
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText('theirs', { exact: true }).waitFor();
    expect(await note.inputValue()).toBe('mine at last');
    expect(await findAccessibilityProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save mine' }).click();
    await expect.poll(async () => (await readMarks(here, SECOND)).note).toBe('mine at last');
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  test.runIf(IS_WHOLE_WEB)('what is hidden leaves the wall, and comes back where it was', async () => {
    const here = await startFilledMirror(6);
    const page = await openGallery(here);
    const before = await listTiles(page);
    await getTile(page, SECOND).focus();
    await page.keyboard.press('h');
    await getTile(page, SECOND).waitFor({ state: 'detached' });
    expect(await listTiles(page)).toEqual(before.filter((id) => id !== SECOND));
    await expectFocus(page, `[data-id="${THIRD}"]`);
    await page.locator('.toast button', { hasText: 'Undo' }).click();
    await expect.poll(() => listTiles(page)).toEqual(before);
    expect(await readMarks(here, SECOND)).toMatchObject({ hidden: false });
    await expectFocus(page);
  });

  test.runIf(IS_WHOLE_WEB)('a draft of a note is there when the task is opened again', async () => {
    const here = await startFilledMirror(6);
    const page = await openTask(here, SECOND);
    await page.keyboard.press('n');
    await expectFocus(page, 'textarea');
    await page.keyboard.type('not yet');
    await page.keyboard.press('Escape'); // leaves the field
    await expectFocus(page, 'dialog');
    await page.keyboard.press('Escape');
    await getTask(page).waitFor({ state: 'detached' });
    await getTile(page, SECOND).click();
    await page.locator('.marks-editor').waitFor();
    expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('not yet');
    await page.getByRole('button', { name: 'Save the note' }).click();
    await expect.poll(async () => (await readMarks(here, SECOND)).note).toBe('not yet');
  });

  test('a server that is lost on the way is not noticed: the change is sent again', async () => {
    const here = await startFilledMirror(6);
    const page = await openGallery(here, '/', { expectedErrors: [/status of 502/, /ERR_FAILED/] });
    await getTile(page, SECOND).focus();
    const badGateway = (route: Route) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' });
    await page.route('**/marks', badGateway, { times: 1 });
    await page.keyboard.press('l');
    await expect.poll(() => readMarks(here, SECOND)).toMatchObject({ starred: true });
    await page.route('**/marks', (route) => route.abort(), { times: 1 });
    await page.keyboard.press('3');
    await expect.poll(() => readMarks(here, SECOND)).toMatchObject({ starred: true, rating: 3 });
    await getTile(page, SECOND).locator('.badge-marks').waitFor();
    expect(await page.locator('.toast').count()).toBe(0);
  });

  test.runIf(IS_WHOLE_WEB)('what another page changes is shown', async () => {
    const here = await startFilledMirror(6);
    const page = await openGallery(here);
    await mark(here, SECOND, { starred: true });
    await getTile(page, SECOND).locator('.badge-marks').waitFor();
    await mark(here, SECOND, { hidden: true });
    await getTile(page, SECOND).waitFor({ state: 'detached' });
    expect(await page.locator('.tile').count()).toBe(5);
  });
});

describe('of a selection', () => {
  test('all of a search are starred, tagged and hidden, and that is undone', async () => {
    const here = await startFilledMirror(9);
    const page = await openGallery(here);
    await page.keyboard.press('Control+a');
    await page.getByText('9 selected', { exact: true }).waitFor();
    await page.locator('.selection').getByRole('button', { name: 'Star' }).click();
    await page.locator('.toast').getByText('9 tasks changed').waitFor();
    await expect.poll(() => page.locator('.badge-marks').count()).toBe(9);
    await page.locator('.toast button', { hasText: 'Undo' }).click();
    await page.locator('.toast').getByText('Undone').waitFor();
    await page.locator('.badge-marks').first().waitFor({ state: 'detached' });
    expect(await readMarks(here, FIRST)).toMatchObject({ starred: false });

    await page.keyboard.press('t');
    await expectFocus(page, '.selection .tag-input input');
    await page.keyboard.type('series');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await here.store.tags({ prefix: '', limit: 9 }))[0])
      .toEqual({
        tag: 'series',
        count: 9,
      });
    expect(await findAccessibilityProblems(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.selection').getByRole('button', { name: 'Hide' }).click();
    await page.locator('.empty').waitFor();
    await page.locator('.toast button', { hasText: 'Undo' }).click();
    await expect.poll(() => page.locator('.tile').count()).toBe(9);
  });

  test.runIf(IS_WHOLE_WEB)('keys act upon all that are selected, and upon nothing else', async () => {
    const here = await startFilledMirror(6);
    const page = await openGallery(here);
    await getTile(page, FIRST).focus();
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('2 selected', { exact: true }).waitFor();
    await page.keyboard.press('5');
    await page.locator('.toast').getByText('2 tasks changed').waitFor();
    await page.keyboard.press('h');
    await getTile(page, FIRST).waitFor({ state: 'detached' });
    expect(await listTiles(page)).toEqual([2, 3, 4, 5].map(taskIdOf));
    expect(await readMarks(here, SECOND)).toMatchObject({ rating: 5, hidden: true });
    expect(await readMarks(here, THIRD)).toEqual(NO_MARKS);
  });
});

describe('as filters', () => {
  test.runIf(IS_WHOLE_WEB)(
    'tags, stars and ratings are chosen, and what is hidden is seen where it is asked for',
    async () => {
      const here = await startFilledMirror(6);
      await mark(here, FIRST, { addTags: ['red, round'], rating: 4 });
      await mark(here, SECOND, { addTags: ['poster'], starred: true });
      await mark(here, THIRD, { hidden: true });
      const page = await openGallery(here);
      await page.locator('[data-popover="tag"] > button').click();
      await page.getByRole('checkbox', { name: /red, round/ }).check();
      await expect.poll(() => listTiles(page)).toEqual([FIRST]);
      await page.getByRole('checkbox', { name: /poster/ }).check();
      await expect.poll(() => listTiles(page)).toEqual([FIRST, SECOND]);
      expect(new URL(page.url()).searchParams.getAll('tag')).toEqual(['red, round', 'poster']);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Starred', exact: true }).click();
      await expect.poll(() => listTiles(page)).toEqual([SECOND]);
      await page.getByRole('button', { name: 'Starred', exact: true }).click();
      await page.locator('[data-popover="marks"] > button').click();
      await page.getByRole('radio', { name: '4 or more' }).check();
      await expect.poll(() => listTiles(page)).toEqual([FIRST]);
      expect(await findAccessibilityProblems(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^Remove Rating/ }).click();
      await page.getByRole('button', { name: /^Remove Tags/ }).click();
      await expect.poll(() => page.locator('.tile').count()).toBe(5);
      await page.locator('[data-popover="marks"] > button').click();
      await page.getByRole('checkbox', { name: 'Hidden tasks' }).check();
      await expect.poll(() => listTiles(page)).toEqual([THIRD]);
      expect(await getTile(page, THIRD).getAttribute('aria-label')).toMatch(/Hidden/);
    },
  );

  test.runIf(IS_WHOLE_WEB)('operators and tags are completed in the search', async () => {
    const here = await startFilledMirror(6);
    await mark(here, FOURTH, { addTags: ['sea side'] });
    const page = await openGallery(here);
    const getOption = (name: RegExp) => page.locator('#search-suggestions').getByRole('option', { name });
    await page.keyboard.press('/');
    await page.keyboard.type('is:');
    await getOption(/^starred/).waitFor();
    await page.locator('#search').fill('tag:se');
    await getOption(/^sea side/).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#search').inputValue()).toBe('tag:"sea side" ');
    await expect.poll(() => listTiles(page)).toEqual([FOURTH]);
  });

  test.runIf(IS_WHOLE_WEB)('without a tag, none are offered', async () => {
    const page = await openGallery(await startFilledMirror(3));
    expect(await page.locator('[data-popover="tag"]').count()).toBe(0);
    await getTile(page, FIRST).focus();
    await page.keyboard.press('t');
    await expectFocus(page, '.tag-input input');
    await page.keyboard.type('poster');
    await page.keyboard.press('Enter');
    await page.locator('[data-popover="tag"]').waitFor({ state: 'attached' });
  });
});

test.runIf(IS_WHOLE_WEB)('a token that may only read sees marks, and nothing that changes them', async () => {
  const here = await startFilledMirror(6, { tokens: 'a-token-of-the-mirror' });
  await mark(here, SECOND, { starred: true, rating: 3, addTags: ['poster'], note: 'for the cover' });
  const headers = await addToken(here, { isReadOnly: true });
  const page = await openGallery(here, `/?task=${SECOND}`, { headers });
  const panel = getTask(page).locator('.marks');
  await panel.getByText('for the cover').waitFor();
  for (const text of ['Starred', 'Rating 3 of 5', 'poster']) await panel.getByText(text).waitFor();
  expect(await panel.locator('button, input, textarea').count()).toBe(0);
  await page.keyboard.press('l');
  await page.keyboard.press('Escape');
  await getTask(page).waitFor({ state: 'detached' });
  await getTile(page, SECOND).locator('.badge-marks').waitFor();
  await expectFocus(page, '.tile a');
  await page.keyboard.press('x');
  await page.locator('.selection').waitFor();
  expect(
    await page
      .locator('.selection')
      .getByRole('button', { name: /Star|Hide|Tags/ })
      .count(),
  ).toBe(0);
  expect(await readMarks(here, SECOND)).toMatchObject({ starred: true });
});

test.runIf(IS_WHOLE_WEB).each(['light', 'dark'] as const)(
  'axe finds nothing on a narrow page in Chinese, %s',
  async (theme) => {
    const here = await startFilledMirror(6);
    await mark(here, SECOND, { starred: true, rating: 3, addTags: ['poster'], note: '封面' });
    const looks = { theme, language: 'zh', width: 360, height: 740 } as const;
    const page = await openTask(here, SECOND, looks);
    expect(await findAccessibilityProblems(page)).toEqual([]);
    expect(await findSidewaysScroll(page)).toBe(0);
    const wall = await openGallery(here, '/?tag=poster&rating=>%3D2', looks);
    expect(await findAccessibilityProblems(wall)).toEqual([]);
    expect(await findSidewaysScroll(wall)).toBe(0);
  },
);
