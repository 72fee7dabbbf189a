/** The status page, in a real browser. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/task/id.ts';
import type { StatusData } from '../../src/web/view/status-data.ts';
import { addToken } from '../helpers/access-token.ts';
import { document as taskDocument } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, type PageOptions, useBrowser } from './browser.ts';

const { openPage } = useBrowser();

const HOUR_MS = 3_600_000;
function openStatus(here: TestMirror, options: PageOptions = {}): Promise<Page> {
  return openPage(here, '/status', options);
}

/** A mirror with a finished task, and one that is generated for an hour. */
async function startFilledMirror(settings: Parameters<typeof startTestMirror>[0] = {}) {
  const here = await startTestMirror(settings);
  const done = here.simulator.addTask({ prompt: 'a red fox', durationMs: 0 }) as TaskId;
  const running = here.simulator.addTask({ prompt: '极光下的雪山', durationMs: HOUR_MS }) as TaskId;
  await here.store.track([done, running], here.clock.now());
  await here.mirror.runner.run({ trigger: 'command' });
  return { here, done, running };
}

async function failRun(here: TestMirror): Promise<void> {
  here.clock.advance(HOUR_MS / 2);
  const stop = here.simulator.fault({ kind: 'status', status: 401, code: 'invalid_token', message: 'no' });
  await here.mirror.runner.run({ trigger: 'command' });
  stop();
}

async function readJson(here: TestMirror, headers: Record<string, string> = {}): Promise<StatusData> {
  const answer = await here.get('/status', { accept: 'application/json', ...headers });
  expect(answer.status).toBe(200);
  return (await answer.json()) as StatusData;
}

describe('the status page', () => {
  test('says how the mirror does without a script, and without a style attribute', async () => {
    const { here, running } = await startFilledMirror();
    const page = await openStatus(here, { hasScript: false });
    const headline = 'Everything is here but 1 picture. One task is still running.';
    expect(await page.locator('h1').textContent()).toBe(headline);
    const text = await page.locator('main').innerText();
    for (const part of ['1 done · 0 failed', '极光下的雪山', 'Nothing failed today.'])
      expect(text).toContain(part);
    expect(await page.locator('#tracked a').getAttribute('href')).toBe(`./?task=${running}`);
    expect(await page.locator('.js-only').first().isVisible()).toBe(false);
    expect(await (await here.get('/status')).text()).not.toMatch(/\sstyle=/);
  });

  test.runIf(IS_WHOLE_WEB).each([
    ['light', 'en', 1440],
    ['dark', 'zh', 360],
  ] as const)('is accessible and fits: %s, %s, %d pixels wide', async (theme, language, width) => {
    const { here } = await startFilledMirror();
    await failRun(here);
    const page = await openStatus(here, { theme, language, width });
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    expect(await findSidewaysScroll(page)).toBe(0);
    await page.getByRole('button', { name: language === 'en' ? 'Add ids' : '添加编号' }).click();
    expect(await findAccessibilityProblems(page)).toEqual([]);
  });

  test.runIf(IS_WHOLE_WEB)('begins with what is wrong, and says why the run failed', async () => {
    const { here } = await startFilledMirror();
    await failRun(here);
    const page = await openStatus(here);
    const headline = 'The upstream rejects the token. One task is still running.';
    expect(await page.locator('h1').textContent()).toBe(headline);
    expect(await page.locator('.failures').innerText()).toContain('token rejected');
    expect(await page.locator('.chart-bar.is-bad').count()).toBe(1);
    expect(await page.locator('.problems li').count()).toBeGreaterThan(0);
  });

  test.runIf(IS_WHOLE_WEB)('syncs now, and shows what came of it', async () => {
    const { here } = await startFilledMirror();
    // What comes of it is shown when it is there, which may be long after the key.
    const page = await openStatus(here, { mayMove: true });
    here.clock.advance(HOUR_MS);
    const button = page.getByRole('button', { name: 'Sync now' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByText('The run has ended: 1 task finished.').waitFor();
    await page.getByText('Nothing is running.').waitFor();
    expect(await page.locator('#runs table tbody tr').count()).toBe(2);
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test.runIf(IS_WHOLE_WEB)('shows how far a run is', async () => {
    const { here } = await startFilledMirror({ batchSize: '1', concurrency: '1' });
    const ids = [1, 2, 3].map(
      (at) => here.simulator.addTask({ prompt: `number ${at}`, durationMs: HOUR_MS }) as TaskId,
    );
    await here.store.track(ids, here.clock.now());
    let batches = 0;
    here.simulator.fault({ kind: 'hang' }, { when: () => ++batches === ids.length });
    const page = await openStatus(here);
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('2 of 3 checked').waitFor();
    expect(await page.locator('progress').first().getAttribute('value')).toBe('2');
    await here.simulator.stop();
  });

  test.runIf(IS_WHOLE_WEB)('shows what happens elsewhere by itself', async () => {
    const { here } = await startFilledMirror();
    const page = await openStatus(here);
    await here.store.storeDocuments({
      documents: [taskDocument({ prompt: 'imported meanwhile' })],
      requestSeq: await here.store.nextRequestSeq(),
      fetchedAtMs: here.clock.now(),
    });
    await page.getByText('2 done · 0 failed').waitFor();
  });

  test.runIf(IS_WHOLE_WEB)(
    'shows tasks a day and cost a month, of the tasks that the token sees',
    async () => {
      const { here } = await startFilledMirror();
      const now = here.clock.now() / 1000;
      const cost = { response: { success: true, data: [], cost: { amount: 0.25 } } };
      await here.store.storeDocuments({
        documents: [
          taskDocument({ createdAt: now, more: cost, userId: 'me' }),
          taskDocument({ createdAt: now - 10 * 86_400, more: cost, userId: 'me' }),
          taskDocument({ createdAt: now, more: cost, userId: 'somebody-else' }),
        ],
        requestSeq: await here.store.nextRequestSeq(),
        fetchedAtMs: here.clock.now(),
      });
      const { days, months } = await readJson(here, await addToken(here, { limits: { userIds: ['me'] } }));
      expect(days?.items.map(({ count }) => count)).toEqual([1, 1]);
      expect(months?.items.map(({ cost }) => cost)).toEqual([0.5]);
      const page = await openStatus(here, { headers: await addToken(here) });
      expect(await page.locator('#days .chart-bar').count()).toBe(90);
      await page.locator('#cost summary').click();
      expect(await page.locator('#cost tbody tr').innerText()).toMatch(/^Mar 2026\s+\d\s+0\.7[5-9]$/);
    },
  );

  test.runIf(IS_WHOLE_WEB)('tracks the ids in any text that is pasted', async () => {
    const { here } = await startFilledMirror();
    const id = here.simulator.addTask({ prompt: 'a lighthouse', durationMs: HOUR_MS });
    const page = await openStatus(here);
    const opener = page.getByRole('button', { name: 'Add ids' });
    await opener.click();
    await page
      .getByLabel('Text with task ids')
      .fill(`[info] task ${id.toUpperCase()} was started, ${id} again`);
    await page.getByRole('button', { name: 'Track 1 id' }).click();
    await page.getByText('1 added').waitFor();
    await page.keyboard.press('Escape');
    await page.locator(`#tracked a[title="${id}"]`).waitFor();
    await expect.poll(() => opener.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test.runIf(IS_WHOLE_WEB)('says why ids could not be tracked', async () => {
    const { here } = await startFilledMirror();
    const page = await openStatus(here, { expectedErrors: [/503/] });
    await page.route('**/api/tracked', (route) =>
      route.fulfill({
        status: 503,
        json: { success: false, error: { code: 'api_error', message: 'the disk is full' }, trace_id: '' },
      }),
    );
    await page.getByRole('button', { name: 'Add ids' }).click();
    await page.getByLabel('Text with task ids').fill('7b0e7c3a-1111-4111-8111-111111111111');
    await page.getByRole('button', { name: 'Track 1 id' }).click();
    await page.getByText('They could not be added: the disk is full').waitFor();
  });

  test.runIf(IS_WHOLE_WEB)('is usable with the keyboard alone', async () => {
    const { here } = await startFilledMirror();
    const page = await openStatus(here);
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Add ids');
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('search');
    await page.keyboard.type('red fox');
    await page.keyboard.press('Tab');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
  });

  test.runIf(IS_WHOLE_WEB)('keeps the theme and the language that were chosen', async () => {
    const { here } = await startFilledMirror();
    const page = await openStatus(here);
    await page.getByRole('button', { name: 'Theme: System' }).click();
    await page.getByRole('button', { name: 'Theme: Light' }).click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByLabel('中文').click();
    await page.getByText('除 1 张图片外，所有内容都在。').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  });

  test.runIf(IS_WHOLE_WEB)('says that the session has ended', async () => {
    const { here } = await startFilledMirror();
    const headers = await addToken(here);
    const page = await openStatus(here, { headers, expectedErrors: [/401/] });
    await page.context().setExtraHTTPHeaders({});
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('Your session has ended.').waitFor();
    expect(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('./sign-in');
  });
});

describe('what a token sees of it', () => {
  test.runIf(IS_WHOLE_WEB)('a limited one: its own tasks, and nothing of the whole mirror', async () => {
    const { here } = await startFilledMirror();
    await here.store.storeDocuments({
      documents: [
        taskDocument({ prompt: 'mine', userId: 'me' }),
        taskDocument({ prompt: 'mine, running', userId: 'me', state: 'pending' }),
      ],
      requestSeq: await here.store.nextRequestSeq(),
      fetchedAtMs: here.clock.now(),
      trackPendingAtMs: here.clock.now(),
    });
    const headers = await addToken(here, { limits: { userIds: ['me'] } });
    const { totals, mirror, tracked } = await readJson(here, headers);
    expect(totals).toEqual({ total: 2, pending: 1, succeeded: 1, failed: 0 });
    expect(mirror).toBe(null);
    expect(tracked?.items.map(({ prompt }) => prompt)).toEqual(['mine, running']);
    const page = await openStatus(here, { headers });
    expect(await page.locator('h1').textContent()).toBe('Your tasks are here. One task is still running.');
    expect(await page.locator('#runs, #failing, #backups, #upstream').count()).toBe(0);
    expect(await page.getByText('This token is limited to certain tasks').count()).toBe(1);
    expect(await page.getByRole('button', { name: /Sync now|Add ids/ }).count()).toBe(0);
  });

  test.runIf(IS_WHOLE_WEB)('a read-only one: everything, and nothing to change it', async () => {
    const { here } = await startFilledMirror();
    const page = await openStatus(here, { headers: await addToken(here, { isReadOnly: true }) });
    expect(await page.locator('#runs').count()).toBe(1);
    expect(await page.getByRole('button', { name: /Sync now|Add ids/ }).count()).toBe(0);
  });
});

describe('trouble', () => {
  test('a database that can’t be read is a page that says so, with 503', async () => {
    const { here } = await startFilledMirror();
    await here.store.close();
    const answer = await here.get('/status', { accept: 'text/html' });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('The database could not be read.');
    expect((await here.get('/docs', { accept: 'text/html' })).status).toBe(200);
  });

  test.runIf(IS_WHOLE_WEB)('markup, control characters and a very long prompt are only text', async () => {
    const here = await startTestMirror();
    const prompt = `<img src=x onerror=alert(1)></script>\u0007\u202E${'cat '.repeat(5000)}`;
    const id = here.simulator.addTask({ prompt, durationMs: HOUR_MS }) as TaskId;
    await here.store.track([id], here.clock.now());
    await here.mirror.runner.run({ trigger: 'command' });
    const page = await openStatus(here, { width: 360 });
    expect(await page.locator('#tracked img').count()).toBe(0);
    expect(await page.locator('.cut-prompt').textContent()).toContain(
      '<img src=x onerror=alert(1)></script>',
    );
    expect(await findSidewaysScroll(page)).toBe(0);
    expect((await (await here.get('/status')).text()).length).toBeLessThan(60_000);
  });

  test.runIf(IS_WHOLE_WEB)(
    'a mirror below another path has links, assets and requests that work',
    async () => {
      const here = await startTestMirror({ basePath: '/flux-mirror' });
      const page = await openStatus(here);
      await page.getByRole('button', { name: 'Sync now' }).click();
      await page.getByText('The run has ended; nothing new.').waitFor();
      expect(new URL(page.url()).pathname).toBe('/flux-mirror/status');
    },
  );
});
