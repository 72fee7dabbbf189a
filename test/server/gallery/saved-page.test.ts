/** The page of saved searches in trouble. What it shows is tested in a browser, in test/web/saved.test.ts. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { requireSqlite } from '../../helpers/test-engine.ts';
import { startTestMirror } from '../../helpers/test-mirror.ts';

const HTML = { accept: 'text/html' };

test('searches that can’t be read are a page that says so, with 503', async (context) => {
  requireSqlite(context);
  const here = await startTestMirror();
  const database = new Database(join(here.config.dataDir, 'mirror.db'));
  database.exec('DROP TABLE saved_searches');
  database.close();
  const answer = await here.get('/saved?q=cat', HTML);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('The saved searches could not be loaded.');
});

test('markup and a very long search are only text, and bounded', async () => {
  const here = await startTestMirror();
  const q = `</script><img src=x onerror=alert(1)>${'cat '.repeat(1000)}`;
  const html = await (await here.get(`/saved?${new URLSearchParams({ q })}`, HTML)).text();
  expect(html).toContain('&lt;/script>&lt;img src=x');
  expect(html).not.toContain('<img src=x');
  expect(html.length).toBeLessThan(60_000);
});
