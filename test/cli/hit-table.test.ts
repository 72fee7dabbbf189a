import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { formatHitTable } from '../../src/cli/hit-table.ts';
import { collectWantedText } from '../../src/search/ast.ts';
import { findHighlights } from '../../src/search/highlights.ts';
import { parseQuery } from '../../src/search/parser.ts';
import type { SearchHit } from '../../src/views/search-schema.ts';
import { SEARCH_CONTEXT } from '../helpers/search.ts';

const hit = (prompt: string, query: string, more: Partial<SearchHit> = {}): SearchHit => ({
  id: '2db0168c-2373-4367-8d9a-9dc778802e8a' as SearchHit['id'],
  created_at: '2026-03-14T11:00:00.000Z',
  state: 'succeeded',
  action: 'generate',
  model: 'flux-dev',
  size: '1024x1024',
  seed: 1,
  user_id: null,
  application_id: null,
  prompt,
  highlights: findHighlights(collectWantedText(parseQuery(query, SEARCH_CONTEXT)), prompt),
  match: 'exact',
  images: [],
  videos: [],
  ...more,
});

const on = (columns: number) => ({ columns, hasColors: true });

test('shows date, id, state, model and the prompt with the match highlighted', () => {
  const [line = ''] = formatHitTable([hit('two red cats', 'cat')], on(100), 'Asia/Tokyo');
  expect(stripVTControlCharacters(line)).toBe(
    '2026-03-14 20:00  2db0168c  succeeded  flux-dev  two red cats',
  );
  expect(line).toContain('two red \u001b[1m\u001b[4mcats');
});

test('truncates to the width, counts wide characters as two, and keeps the match visible', () => {
  const chinese = `${'很长的中文提示词'.repeat(20)}暹罗猫${'结尾'.repeat(40)}`;
  for (const columns of [60, 80, 81, 120]) {
    for (const prompt of [
      chinese,
      'a very long English prompt '.repeat(20) + chinese,
      '👩‍🚀 '.repeat(80) + chinese,
    ]) {
      const [line = ''] = formatHitTable([hit(prompt, '暹罗猫')], on(columns), 'UTC');
      expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(columns, 74));
      expect(stripVTControlCharacters(line)).toContain('暹罗猫');
    }
  }
});

test('control characters of a prompt never reach the terminal', () => {
  const [line = ''] = formatHitTable([hit('a\u001b[2J\u0007cat\nnext\u009b1m', 'cat')], on(120), 'UTC');
  expect(stripVTControlCharacters(line)).not.toMatch(/\p{Cc}/u);
  expect(line).not.toContain('\u001b[2J');
});

test('columns are aligned, and a group shows its count', () => {
  const hits = [
    hit('one', ''),
    hit('two', '', { model: 'flux-kontext-pro', group: { count: 40, tasks: [] } }),
    hit('three', '', { model: null }),
  ];
  const lines = formatHitTable(hits, on(120), 'UTC').map((line) => stripVTControlCharacters(line));
  expect(lines.map((line) => line.indexOf(['one', '40× two', 'three'][lines.indexOf(line)] ?? ''))).toEqual([
    57, 57, 57,
  ]);
});

test('a terminal without colour support gets no colours', () => {
  const [line = ''] = formatHitTable([hit('two red cats', 'cat')], { columns: 100, hasColors: false }, 'UTC');
  expect(stripVTControlCharacters(line)).toBe(line);
});

describe('marks', () => {
  const NONE = { starred: false, rating: 0, tags: [], note: '', hidden: false };
  const show = (marks: Partial<NonNullable<SearchHit['marks']>>, columns = 100, prompt = 'a cat') => {
    const [line = ''] = formatHitTable(
      [hit(prompt, '', { marks: { ...NONE, ...marks } })],
      on(columns),
      'UTC',
    );
    return stripVTControlCharacters(line);
  };

  test.each<[string, Partial<NonNullable<SearchHit['marks']>>]>([
    ['  ★ 4/5 [poster, two words]', { starred: true, rating: 4, tags: ['poster', 'two words'] }],
    ['  2/5 ✎ hidden', { rating: 2, note: 'a note', hidden: true }],
  ])('stand behind the prompt: %s', (shown, marks) => {
    expect(show(marks)).toMatch(/flux-dev {2}a cat/);
    expect(show(marks).endsWith(`a cat${shown}`)).toBe(true);
  });

  test('leave room for the prompt, and never wrap', () => {
    const tags = Array.from({ length: 100 }, (_, at) => `标签 ${at}`);
    for (const columns of [60, 80, 81, 120]) {
      const line = show({ starred: true, tags }, columns, 'a very long prompt '.repeat(20));
      expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(columns, 74));
      expect(line).toContain('a very lo');
      expect(line).toContain('★');
    }
  });
});
