/** Text of strangers in every field that the gallery shows: nothing of it is executed, nothing breaks a page. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { imageHost } from '../helpers/image-host.ts';
import { picture } from '../helpers/images.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { getTask, getTile, storeTexts } from './gallery.ts';

const { openPage } = useBrowser();

const CREATED_AT = 1_773_400_000;
const ATTACK = `"'><script>window.hacked=1</script><img src=x onerror=window.hacked=1></textarea></script><!--\${1}{{2}}`;
const TEXTS = {
  markup: ATTACK,
  quotes: `"double" 'single' \`back\` \\ & &amp; &#x3C;`,
  'control characters': 'a\u0000b\u0001c\u0007d\u001b[31me\r\nf\tg\u007fh\u0085i\u2028j\u2029k',
  'bidi overrides': 'abc\u202Egnp.exe\u202C \u2066isolated\u2069 \u200F\u061C',
  emoji: `${'👩‍👩‍👧‍👦🏳️‍🌈'.repeat(60)} e\u0301`,
  'right-to-left text': 'قطة سيامية بيضاء تجلس على النافذة — חתול לבן',
  'lone surrogates': 'a\uD800b\uDC00c\uDBFF',
  '20,000 characters without a space': 'x'.repeat(20_000),
  '20,000 characters': 'white siamese cat '.repeat(1111),
  'combining marks': `z${'\u0335\u0323\u0301'.repeat(200)}`,
} as const;

/** In `npm test`, the worst of them. */
const CHOSEN = Object.entries(TEXTS).filter(([, text]) => IS_WHOLE_WEB || text === ATTACK);

/** The text of a document with a text in every member that a page shows. */
function hostileDocument(id: string, text: string, url: string): string {
  return JSON.stringify({
    id,
    created_at: CREATED_AT,
    user_id: text.slice(0, 60),
    application_id: text.slice(0, 60),
    type: text.slice(0, 60),
    request: {
      action: text,
      model: text,
      size: text,
      prompt: text,
      seed: text,
      image_url: text,
      [text]: text,
    },
    response: {
      success: true,
      data: [{ prompt: text, image_url: url, seed: text, timings: text }],
      error: { code: text, message: text },
    },
  });
}

async function expectNothingExecuted(page: Page): Promise<void> {
  expect(await page.evaluate(() => Reflect.get(window, 'hacked'))).toBeUndefined();
  expect(await page.locator('script:not([src]):not(#data)').count()).toBe(0);
  expect(await page.locator('img[src="x"]').count()).toBe(0);
}

describe.each(CHOSEN)('%s', (_name, text) => {
  test('in every field: tile, search, task, Use again, Save, and without a script', async () => {
    const host = await imageHost();
    host.serve('/1', await picture('png'));
    const here = await startTestMirror({ imageAllowHosts: host.host, archiveImages: 'true' });
    const failed = JSON.stringify({
      id: 'failed',
      created_at: CREATED_AT - 10,
      request: { action: 'generate', prompt: text, model: text },
      response: { success: false, error: { code: text, message: text } },
    });
    const video = JSON.stringify({
      id: 'video',
      created_at: CREATED_AT - 20,
      request: { prompt: text, mode: text, duration: text },
      response: { success: true, data: [{ video_url: text, duration: text, size: text, status: text }] },
    });
    const pending = JSON.stringify({
      id: 'pending',
      created_at: CREATED_AT - 30,
      request: { prompt: text, action: text },
    });
    await storeTexts(here, hostileDocument('whole', text, `${host.url}/1`), failed, video, pending);
    await here.mirror.archiver.run();

    const page = await openPage(here, '/');
    page.setDefaultTimeout(10_000);
    expect(await page.locator('.tile a.frame').count()).toBe(4);
    await page.locator('.tile img').first().waitFor();
    await expectNothingExecuted(page);
    for (const id of ['whole', 'failed', 'video', 'pending']) {
      await page.locator(`[data-id="${id}"]`).click();
      await getTask(page).locator('.facts').waitFor();
      const prompt = await getTask(page).locator('.prompt').innerText();
      expect(prompt.slice(0, 1)).toBe(text.slice(0, 1));
      await getTask(page).getByRole('button', { name: 'Use again' }).click();
      for (const tab of await getTask(page).getByRole('tab').all()) {
        await tab.click();
        expect(await getTask(page).getByRole('tabpanel').innerText()).not.toBe('');
      }
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await getTask(page).waitFor({ state: 'detached' });
      await expectNothingExecuted(page);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);

    for (const id of ['whole', 'video']) {
      const plain = await openPage(here, `/?task=${id}`, { hasScript: false });
      expect(await plain.locator('dialog .prompt').count()).toBe(1);
      expect(await plain.locator('script:not([src]):not(#data)').count()).toBe(0);
    }
  });
});

test.runIf(IS_WHOLE_WEB)(
  'ids of any characters lead to their task, by address and by click, and can be selected and forgotten',
  async () => {
    const here = await startTestMirror();
    const ids = [
      ...['a/b?c#d%2e..', ' between spaces ', `"'<b>&amp;`, '\u202Etxet', '%', '%00%zz', 'a&b=c+d', 'a,b c'],
      ...['?task=x', '#hash', '..a', '\\..\\a', 'javascript:alert(1)', '猫'.repeat(128), '😀'.repeat(64)],
    ];
    const texts = ids.map((id, at) =>
      JSON.stringify({ id, created_at: CREATED_AT - at, request: { prompt: `prompt ${at} of ${id}` } }),
    );
    await storeTexts(here, ...texts);
    const page = await openPage(here, '/');
    page.setDefaultTimeout(10_000);
    for (const [at, id] of ids.entries()) {
      await getTile(page, id).click();
      await getTask(page).locator('.prompt').getByText(`prompt ${at} of`).waitFor();
      expect(new URL(page.url()).searchParams.get('task')).toBe(id);
      const direct = await here.get(`/?task=${encodeURIComponent(id)}`);
      expect([direct.status, await direct.text()]).toEqual([200, expect.stringContaining(`prompt ${at} of`)]);
      await page.keyboard.press('Escape');
      await getTask(page).waitFor({ state: 'detached' });
    }
    const [first = ''] = ids;
    const deep = await openPage(here, `/?task=${encodeURIComponent(first)}`);
    await getTask(deep).locator('.facts').getByText(first, { exact: true }).waitFor();

    await getTile(page, first).focus();
    await page.keyboard.press('Control+a');
    await page.getByText(`${ids.length} selected`).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download zip' }).click();
    expect(await (await download).failure()).toBeNull();
  },
);

test.runIf(IS_WHOLE_WEB)('a link that is no link of the web is not one in the page', async () => {
  const here = await startTestMirror();
  const links = [
    'javascript:window.hacked=1',
    'data:text/html,<script>window.hacked=1</script>',
    ' javascript:1',
  ];
  const data = links.map((link) => ({ prompt: 'x', image_url: link, video_url: link }));
  await storeTexts(
    here,
    JSON.stringify({
      id: 'one',
      created_at: CREATED_AT,
      request: { prompt: 'x', image_url: links[0] },
      response: { success: true, data, image_url: links[0], video_url: links[0] },
    }),
  );
  const page = await openPage(here, '/?task=one');
  await getTask(page).locator('.facts').waitFor();
  const hrefs = await page
    .locator('a[href], img[src], video[src]')
    .evaluateAll((elements) =>
      elements.map((element) => element.getAttribute('href') ?? element.getAttribute('src') ?? ''),
    );
  expect(hrefs.filter((href) => !href.startsWith('./') && !href.startsWith('#'))).toEqual([]);
  await expectNothingExecuted(page);
});
