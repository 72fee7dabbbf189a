/** The pages of prompts in trouble. What they show is tested in a browser, in test/web/prompts.test.ts. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { numberedIds } from '../../helpers/documents.ts';
import { requireSqlite } from '../../helpers/test-engine.ts';
import { startTestMirror } from '../../helpers/test-mirror.ts';
import { storeTasks } from '../../web/wall-data.ts';

const [ID = ''] = numberedIds(1);
const HTML = { accept: 'text/html' };

test('an index that can’t be read is a page that says so, with 503', async (context) => {
  requireSqlite(context);
  const here = await startTestMirror();
  await storeTasks(here, [{ id: ID, prompt: 'a cat' }]);
  const database = new Database(join(here.config.dataDir, 'mirror.db'));
  database.exec('DROP TABLE prompt_index');
  database.close();
  for (const [path, text] of [
    ['/prompts?q=cat', 'The pictures could not be loaded'],
    [`/history?task=${ID}`, 'This could not be loaded.'],
  ] as const) {
    const answer = await here.get(path, HTML);
    expect([path, answer.status]).toEqual([path, 503]);
    expect(await answer.text()).toContain(text);
  }
});

test('markup, control characters and very long prompts are only text, and bounded', async () => {
  const here = await startTestMirror();
  const prompt = `<img src=x onerror=alert(1)></script>\u0007\u202E${'cat '.repeat(25_000)}`;
  await storeTasks(here, [{ id: ID, prompt }]);
  for (const path of ['/prompts', `/history?task=${ID}`]) {
    const html = await (await here.get(path, HTML)).text();
    expect(html).toContain('&lt;img src=x onerror=alert(1)>');
    expect(html).not.toContain('<img src=x');
    expect(html.length).toBeLessThan(60_000);
  }
});
