/** For everybody: what axe finds, a narrow window, large text, no motion, colours of the reader, paper, and no script. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, type PageOptions, readReportedProblems, useBrowser } from './browser.ts';
import { collectionIdOf } from './collection-data.ts';
import { getTask, startGallery } from './gallery.ts';
import { storeTasks } from './wall-data.ts';

const { openPage } = useBrowser();

const IDS = numberedIds(40);
const [PENDING = '', FAILED = '', WITH_PICTURE = ''] = IDS;

const COLLECTION = `/collections?id=${collectionIdOf(1)}`;

interface Looks {
  readonly theme: 'light' | 'dark';
  readonly language: 'en' | 'zh';
  readonly width: number;
}

const LOOKS: readonly Looks[] = [
  { theme: 'light', language: 'en', width: 1440 },
  { theme: 'light', language: 'zh', width: 360 },
  { theme: 'dark', language: 'en', width: 360 },
  { theme: 'dark', language: 'zh', width: 1440 },
];

/** Paths of pages, and what is done there first. */
const PAGES: readonly (readonly [name: string, path: string, prepare?: (page: Page) => Promise<unknown>])[] =
  [
    ['the wall', '/'],
    ['search results', '/?q=cat'],
    ['search results in the order of time', '/?q=cat+model:flux-dev&sort=newest'],
    ['a search without hits', '/?q=cat+-cat'],
    ['a task with a picture', `/?task=${WITH_PICTURE}`],
    ['a task that is generated', `/?task=${PENDING}`],
    ['a task that has failed', `/?task=${FAILED}`],
    ['a task that is missing', '/?task=nothing'],
    ['the status', '/status'],
    ['the API page', '/docs'],
    ['the collections', '/collections'],
    ['a collection', COLLECTION],
    ['a collection that is missing', '/collections?id=nothing'],
    ['the keys of a collection', COLLECTION, (page) => page.keyboard.press('?')],
    ['a new collection', '/collections', (page) => page.locator('.collections-head button').click()],
    ['a collection to be edited', COLLECTION, (page) => clickAction(page, 0)],
    ['a collection to be deleted', COLLECTION, (page) => clickAction(page, -1)],
    ['a collection to be shared', COLLECTION, (page) => openPopover(page, 'share')],
    [
      'the menu of a picture',
      COLLECTION,
      (page) => page.locator('.collection-tile').first().locator('.entry-menu button').click(),
    ],
    ['the toast of a collection', COLLECTION, moveFirst],
    ['the prompts', '/prompts?q=cat'],
    ['the history of a prompt', `/history?task=${WITH_PICTURE}`],
    ['the saved searches', '/saved?q=cat'],
    ['a saved search to be changed', '/saved', (page) => clickSavedTool(page, 1)],
    ['a saved search to be deleted', '/saved', (page) => clickSavedTool(page, 2)],
    ['the feed of a saved search', '/saved', (page) => clickSavedTool(page, 0)],
    ['the sign-in page', '/sign-in'],
    ['the keys', '/', (page) => page.keyboard.press('?')],
    ['the keys of the status page', '/status', (page) => page.keyboard.press('?')],
    ['a selection', '/', selectFirst],
    [
      'the export of a selection',
      '/',
      async (page) => {
        await selectFirst(page);
        await openPopover(page, 'export');
      },
    ],
    [
      'captions',
      '/',
      async (page) => {
        await openPopover(page, 'view');
        await page.locator('.popover input[type=checkbox]').first().check();
      },
    ],
    [
      'suggestions',
      '/',
      async (page) => {
        await page.keyboard.press('/');
        await page.keyboard.type('ca');
        await page.locator('#search-suggestions li').first().waitFor();
      },
    ],
    ['ids to add', '/status', (page) => page.getByRole('button', { name: /Add ids|添加编号/ }).click()],
    ...['model', 'size', 'action', 'state', 'marks', 'dates', 'order', 'view', 'language', 'menu'].map(
      (name) => [`the popover ${name}`, '/', (page: Page) => openPopover(page, name)] as const,
    ),
    ['the popover use-again', `/?task=${WITH_PICTURE}`, (page) => openPopover(page, 'use-again')],
  ];

const PATHS = [
  ...['/', '/?q=cat', '/?q=cat+-cat', `/?task=${WITH_PICTURE}`, '/status', '/docs', '/sign-in'],
  ...['/collections', COLLECTION, '/prompts', '/saved'],
];
const SOME_PATHS = [`/?task=${WITH_PICTURE}`];

/** On narrow pages, the menu has these choices. */
const WIDE_ONLY = /captions|popover (?:view|language)/;

function clickSavedTool(page: Page, at: number): Promise<void> {
  return page.locator('.saved-entry > .saved-tools button').nth(at).click();
}

async function openPopover(page: Page, name: string): Promise<void> {
  await page.locator(`[data-popover="${name}"] > button`).click();
  await page.locator(`[data-popover="${name}"] .popover`).waitFor();
  if (['model', 'size', 'action', 'state'].includes(name)) await page.locator('.values').waitFor();
  if (name === 'dates') await page.locator('.brush').waitFor();
}

/** @param index of the button below the name of a collection */
async function clickAction(page: Page, index: number): Promise<void> {
  await page.locator('.collection-actions button').nth(index).click();
  await page.locator('dialog').waitFor();
}

async function moveFirst(page: Page): Promise<void> {
  await page.locator('.collection-tile .frame').first().focus();
  await page.keyboard.press('Alt+ArrowRight');
  await page.locator('.toast').waitFor();
}

async function selectFirst(page: Page): Promise<void> {
  await page.locator('.tile a').first().focus();
  await page.keyboard.press('x');
  await page.locator('.selection').waitFor();
}

const EXPECTED_ERRORS = { expectedErrors: [/status of 404/] };

/** What is wrong with a page: nothing, hopefully. */
async function checkPage(here: TestMirror, at: number, options: PageOptions): Promise<string[]> {
  const [name, path, prepare] = PAGES[at] ?? ['', '/'];
  const mayMove = prepare !== undefined;
  const page = await openPage(here, path, { ...EXPECTED_ERRORS, mayMove, ...options });
  await prepare?.(page);
  // Pictures of the search before are pale.
  await page.locator('.is-stale').waitFor({ state: 'detached' });
  const sideways = await findSidewaysScroll(page);
  const problems = [
    ...(await findAccessibilityProblems(page)),
    ...(sideways > 0 ? [`is ${sideways} pixels too wide`] : []),
    ...(await readReportedProblems(page, mayMove)),
  ];
  await page.close();
  return problems.map((problem) => `${name}: ${problem}`);
}

describe('axe finds nothing', () => {
  test.each(IS_WHOLE_WEB ? [0, 4] : [4])('on the page %d, in one theme', async (at) => {
    expect(await checkPage(await startGallery(), at, {})).toEqual([]);
  });

  // Each page in each theme and language; wide and narrow pages differ in their places, not in their colours and words.
  test.runIf(IS_WHOLE_WEB).each(LOOKS)(
    'on any page: $theme, $language, $width pixels wide',
    async (looks) => {
      const here = await startGallery();
      const problems: string[] = [];
      for (const [at, [name]] of PAGES.entries())
        if (looks.width > 400 || !WIDE_ONLY.test(name))
          problems.push(...(await checkPage(here, at, { ...looks, height: 740 })));
      expect(problems).toEqual([]);
    },
    300_000,
  );

  test.runIf(IS_WHOLE_WEB).each(LOOKS)('on an empty mirror: $theme, $language', async (looks) => {
    const page = await openPage(await startTestMirror(), '/', looks);
    expect(await findAccessibilityProblems(page)).toEqual([]);
  });
});

describe('a window of 360 pixels', () => {
  test.each(IS_WHOLE_WEB ? PATHS : SOME_PATHS)(
    'has no sideways scrolling, with more space in the text neither: %s',
    async (path) => {
      const here = await startGallery();
      const page = await openPage(here, path, { width: 360, height: 740, mayMove: true });
      expect(await findSidewaysScroll(page)).toBe(0);
      await page.evaluate(() => {
        // WCAG 2.2, 1.4.12
        for (const element of document.querySelectorAll<HTMLElement>('body, body *'))
          Object.assign(element.style, { letterSpacing: '0.12em', wordSpacing: '0.16em', lineHeight: '1.5' });
      });
      expect(await findSidewaysScroll(page)).toBe(0);
    },
  );

  test.runIf(IS_WHOLE_WEB)(
    'shows at 400 % what a window of 1440 pixels shows: the same as one of 360',
    async () => {
      const page = await openPage(await startGallery(), '/', { width: 320, height: 256 });
      expect(await findSidewaysScroll(page)).toBe(0);
      expect(await page.locator('.tile').first().isVisible()).toBe(true);
    },
  );
});

test.runIf(IS_WHOLE_WEB).each(PATHS)(
  'text of twice the size needs no sideways scrolling: %s',
  async (path) => {
    const page = await openPage(await startGallery(), path, { mayMove: true });
    await page.evaluate(() => {
      const elements = [...document.querySelectorAll<HTMLElement>('body *')];
      const sizes = elements.map((element) => Number.parseFloat(getComputedStyle(element).fontSize));
      elements.forEach((element, at) => {
        element.style.fontSize = `${2 * (sizes[at] ?? 0)}px`;
      });
    });
    expect(await findSidewaysScroll(page)).toBe(0);
  },
);

test.runIf(IS_WHOLE_WEB)('moves nothing for those who want no motion', async () => {
  const here = await startGallery();
  const page = await openPage(here, '/');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const durations = await page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) => {
      const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
      const isMoving = animationName !== 'none' && Number.parseFloat(animationDuration) > 0.01;
      const isChanging = Number.parseFloat(transitionDuration) > 0.01;
      return isMoving || isChanging ? [`${element.nodeName}.${element.getAttribute('class')}`] : [];
    }),
  );
  expect(durations).toEqual([]);
});

test.runIf(IS_WHOLE_WEB)(
  'in the colours of the reader, the focus, what is selected and the bars are still seen',
  async () => {
    const here = await startGallery();
    const page = await openPage(here, '/');
    await page.emulateMedia({ forcedColors: 'active' });
    const tile = page.locator('.tile a').first();
    await tile.focus();
    await page.keyboard.press('ArrowRight');
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
      return { isThere: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 };
    });
    expect(outline).toEqual({ isThere: true });
    await page.keyboard.press('x');
    const selected = page.locator('.tile.is-selected');
    await selected.waitFor();
    const looks = await page.evaluate(() => {
      const [chosen, other] = ['.tile.is-selected', '.tile:not(.is-selected)'].map((selector) => {
        const element = document.querySelector(selector);
        const frame = element?.querySelector('.frame');
        if (!element || !frame) throw new Error('no tile');
        const styles = [element, frame].map((each) => getComputedStyle(each));
        return styles
          .map(({ outline, border, backgroundColor }) => [outline, border, backgroundColor].join())
          .join();
      });
      const bar = document.querySelector('.rail-bar');
      const rail = bar && getComputedStyle(bar).backgroundColor;
      return { differs: chosen !== other, rail, page: getComputedStyle(document.body).backgroundColor };
    });
    expect(looks.differs).toBe(true);
    expect(looks.rail).not.toBe(looks.page);
  },
);

test.runIf(IS_WHOLE_WEB)(
  'a printed task has its prompt, facts and picture, and nothing of the wall',
  async () => {
    const here = await startGallery();
    for (const hasScript of [true, false]) {
      const page = await openPage(here, `/?task=${WITH_PICTURE}`, { hasScript, mayMove: true });
      await getTask(page).locator('.large-picture').waitFor();
      await page.emulateMedia({ media: 'print' });
      for (const selector of ['.prompt', '.facts', '.large-picture'])
        expect([selector, await getTask(page).locator(selector).isVisible()]).toEqual([selector, true]);
      for (const selector of [
        '.bar',
        '.tile',
        '.filters',
        '.panel-actions',
        '.strip',
        '.arrow',
        '.rail',
        '.skip-link',
      ])
        expect([selector, await page.locator(selector).filter({ visible: true }).count()]).toEqual([
          selector,
          0,
        ]);
      const pdf = await page.pdf({ format: 'A4' });
      expect(pdf.byteLength).toBeGreaterThan(1000);
    }
  },
);

test.runIf(IS_WHOLE_WEB)('a printed prompt is printed to its end', async () => {
  const here = await startTestMirror();
  await storeTasks(here, [{ id: 'long', prompt: 'a white siamese cat '.repeat(1000) }]);
  const page = await openPage(here, '/?task=long', { mayMove: true });
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(3);
});

describe('without a script', () => {
  test('the search, the pages of results, a task and the status can be read', async () => {
    const here = await startGallery();
    await here.store.track(['some-id' as never], here.clock.now());
    const page = await openPage(here, '/?model=flux-dev', { hasScript: false });
    expect(await page.locator('.tile').count()).toBe(14);
    await page.getByRole('searchbox').or(page.locator('#search')).fill('cat');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=cat/);
    expect(new URL(page.url()).searchParams.get('model')).toBe('flux-dev');
    expect(await page.locator('.tile').count()).toBe(7);
    for (const button of await page.locator('button:visible').all())
      expect(await button.innerText()).toBe('nothing that needs a script is shown');
    await page.locator('.tile a').first().click();
    await getTask(page).locator('.prompt').waitFor();
    expect(await page.locator('button:visible').count()).toBe(0);
    await getTask(page).getByRole('link', { name: 'Back' }).first().click();
    await page.waitForURL((url) => !url.searchParams.has('task'));
    await page.goto(`${here.mirror.url}/status`);
    expect(await page.locator('h1').innerText()).toContain('running');
    await page.goto(`${here.mirror.url}${COLLECTION}`);
    expect(await page.locator('.collection-tile').count()).toBe(5);
    expect(await page.locator('button:visible').allInnerTexts()).toEqual(['Download zip']);
  });

  test.runIf(IS_WHOLE_WEB)('older tasks are a link away, and so are the newest', async () => {
    const here = await startTestMirror();
    await storeTasks(
      here,
      numberedIds(130).map((id, at) => ({ id, createdAt: 1_773_400_000 - at })),
    );
    const page = await openPage(here, '/', { hasScript: false });
    const seen = new Set<string | null>();
    for (let turns = 0; turns < 9; turns += 1) {
      for (const tile of await page.locator('.tile a[data-id]').all())
        seen.add(await tile.getAttribute('data-id'));
      const older = page.getByRole('link', { name: 'Older' });
      if ((await older.count()) === 0) break;
      await older.click();
    }
    expect(seen.size).toBe(130);
    await page.getByRole('link', { name: 'Newest' }).click();
    expect(new URL(page.url()).search).toBe('');
  });
});
