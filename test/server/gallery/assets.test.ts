/** What a page has loaded with it. */
import { expect, test } from 'vitest';
import { startTestMirror } from '../../helpers/test-mirror.ts';

test.each([
  ['en', 'Search prompts, e.g.', '搜索提示词，例如'],
  ['zh', '搜索提示词，例如', 'Search prompts, e.g.'],
])('a page in %s names the file of its own texts alone', async (language, own, other) => {
  const here = await startTestMirror();
  const headers = { accept: 'text/html', 'accept-language': language };
  for (const path of ['/', '/status', '/docs', '/collections', '/prompts', '/saved', '/sign-in']) {
    const html = await (await here.get(path, headers)).text();
    const names = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name);
    const scripts = await Promise.all(names.map(async (name) => (await here.get(`/${name}`)).text()));
    // Not the scripts themselves: a failure would print all of them.
    expect([own, other].map((text) => scripts.join('\n').includes(text))).toEqual([true, false]);
  }
});
