/** The Chinese README says what the English one says: the same sections, commands, settings, routes, examples and links. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8');
const english = read('README.md');
const chinese = read('README.zh-CN.md');

const withoutBlocks = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '');
const listAll = (text: string, pattern: RegExp) =>
  Array.from(text.matchAll(pattern), ([, found = '']) => found);
/** The first cell of each row, as far as it is code: names are not translated. */
const listRows = (text: string) =>
  listAll(withoutBlocks(text), /^\| (.*?) \|/gm).filter((cell) => cell.startsWith('`'));
/** Flags and values: the other cells are words. */
const listSettings = (text: string) =>
  withoutBlocks(text)
    .split('\n')
    .filter((line) => /^\| `[A-Z]+_/.test(line))
    .map((line) => {
      const [, name = '', flag = '', fallback = ''] = line.split('|').map((cell) => cell.trim());
      return [name, flag, fallback.startsWith('`') ? fallback : ''];
    });

describe('README.zh-CN.md and README.md', () => {
  test.each<[string, (text: string) => unknown]>([
    ['levels of headings', (text) => listAll(withoutBlocks(text), /^(#+) /gm)],
    ['examples', (text) => listAll(text, /^```([\s\S]*?)^```$/gm)],
    ['commands, settings and routes', listRows],
    ['flags and default values', listSettings],
    ['links', (text) => listAll(text, /\]\((docs\/[^)]+|https:[^)]+)\)/g).sort()],
  ])('have the same %s', (_what, extract) => {
    const expected = extract(english);
    expect(expected).not.toEqual([]);
    expect(extract(chinese)).toEqual(expected);
  });
});
