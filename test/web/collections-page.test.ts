/** The page of collections as the server renders it. */
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { createCollectionsState } from '../../src/web/components/collections/state.ts';
import { createShell } from '../../src/web/components/shell-state.ts';
import { CollectionsPage } from '../../src/web/pages/CollectionsPage.tsx';
import type { CollectionsContent } from '../../src/web/view/collections-data.ts';
import { COLLECTION_TEXTS } from '../../src/web/view/i18n/collections/all.ts';
import { DICTIONARIES } from '../../src/web/view/i18n/dictionaries.ts';
import { LANGUAGES, type Language } from '../../src/web/view/i18n/dictionary.ts';
import { createStatusData } from './status-data.ts';

function render(content: CollectionsContent, language: Language = 'en'): string {
  const shell = createShell({ ...createStatusData(), language }, DICTIONARIES[language]);
  const state = createCollectionsState(content);
  return renderToString(
    h(CollectionsPage, {
      shell,
      collections: { texts: COLLECTION_TEXTS[language], state, actions: undefined },
    }),
  );
}

test('what could not be read is tried again at the same address', () => {
  expect(render({ kind: 'failed', id: '' })).toMatch(/could not be loaded.*href="\.\/collections"/);
  expect(render({ kind: 'failed', id: '7 & 8' })).toContain('href="./collections?id=7+%26+8"');
});

test.each(LANGUAGES)('nothing has a style attribute or a handler in its markup: %s', (language) => {
  const collection = {
    ...{ id: '7', name: '<b>Posters</b>', note: 'for "Friday"', tasks: 2, is_shared: true },
    ...{ cover: null, link: null, created_at: '2026-11-26T12:00:00.000Z' },
    changed_at: '2026-11-26T12:00:00.000Z',
  };
  const gap = { id: 'gone', added_at: '2026-11-26T12:00:00.000Z', task: null };
  const open = { collection, etag: '"1"', tasks: [gap], nextCursor: '99', isContinued: true };
  for (const html of [
    render({ kind: 'one', open }, language),
    render({ kind: 'list', items: [collection] }, language),
    render({ kind: 'missing' }, language),
  ]) {
    expect(html).not.toMatch(/\s(?:style|on\w+)=/);
    expect(html).not.toContain('<b>Posters');
    expect(html).not.toContain('undefined');
  }
});
