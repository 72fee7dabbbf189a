/** Ids, links and hashes among the words of a query. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Query, QueryNode } from '../../src/search/ast.ts';
import { collectWantedText } from '../../src/search/ast.ts';
import { findHighlights } from '../../src/search/highlights.ts';
import { parseQuery } from '../../src/search/parser.ts';
import { readReference } from '../../src/search/references.ts';
import { normalizeLink } from '../../src/task/link.ts';
import { readPrompts } from '../helpers/prompts.ts';
import { SEARCH_CONTEXT } from '../helpers/search.ts';

const UUID = '5bc8fbbc-98ae-4e2f-8f3c-0123456789ab';
const SHA256 = '3f'.repeat(32);
const parse = (text: string): Query => parseQuery(text, SEARCH_CONTEXT);
const readAs = (text: string) => parse(text).understood.map((one) => one.as);

describe('read as what identifies a task', () => {
  test.each([
    [UUID, `id:${UUID}`],
    [UUID.toUpperCase(), `id:${UUID}`],
    ['5bc8fbbc', 'id:5bc8fbbc*'],
    ['5BC8FBBC', 'id:5bc8fbbc*'],
    ['5bc8fbbc*', 'id:5bc8fbbc*'],
    ['5bc8fbbc-98ae', 'id:5bc8fbbc-98ae*'],
    ['5bc8fbbc-98ae-4', 'id:5bc8fbbc-98ae-4*'],
    ['20240301', 'id:20240301*'],
    ['5bc8fb', 'id:5bc8fb*'],
    ['5bc8fbb', 'id:5bc8fbb*'],
    [
      'https://platform.cdn.acedata.cloud/flux/1.png',
      'artifact:https://platform.cdn.acedata.cloud/flux/1.png',
    ],
    ['HTTP://x.example/a?b=c|d', 'artifact:HTTP://x.example/a?b=c|d'],
    [SHA256, `artifact:${SHA256}`],
    [`/images/${SHA256}`, `artifact:/images/${SHA256}`],
    [`/base/thumbs/${SHA256}?w=640`, `artifact:/base/thumbs/${SHA256}?w=640`],
    [`http://mirror:8790/images/${SHA256}`, `artifact:http://mirror:8790/images/${SHA256}`],
    [`/data/images/3f/${SHA256}.png`, `artifact:/data/images/3f/${SHA256}.png`],
  ])('%s', (text, as) => {
    expect(parse(text)).toMatchObject({ understood: [{ text, as }], notes: [] });
    // Either reading is a hit.
    const [words] = parse(`"${text.replace('*', '')}"`).parts as [QueryNode];
    const [target] = parse(as).parts as [QueryNode];
    const isPrefix = text.endsWith('*');
    expect(parse(text).parts).toEqual([
      { kind: 'or', parts: [isPrefix ? expect.objectContaining({ kind: 'prefix' }) : words, target] },
    ]);
    expect(parse(as)).toMatchObject({ notes: [], understood: [] });
  });

  test.each([
    ...[
      'decade',
      'facade',
      'effaced',
      '202403',
      '2024031',
      'x5bc8fbbc',
      '5bc8f',
      '5bc8fbbc9',
      '5bc8fbbc_98ae',
    ],
    ...['5bc8fbbc-98aeb', `${UUID}0`, `"${UUID}"`, '#ff8800', SHA256.slice(1), `${SHA256}0`, `x${SHA256}`],
    ...['https:', 'https://', 'ftp://x.example/a.png', '"https://x.example/a.png"', 'www.example.com', 'a/b'],
  ])('%s is only text', (text) => {
    expect(parse(text).understood).toEqual([]);
    expect(parse(text).parts.map(({ kind }) => kind)).toEqual(['phrase']);
  });

  test('in groups, alternatives and negations, and up to the end of a group', () => {
    const link = 'https://x.example/a_(1).png';
    expect(readAs(`(cat OR ${link}) -${UUID} (dog 5bc8fbbc)`)).toEqual([
      `artifact:${link}`,
      `id:${UUID}`,
      'id:5bc8fbbc*',
    ]);
    expect(parse(`-${UUID}`).parts).toEqual([{ kind: 'not', part: parse(UUID).parts[0] }]);
  });

  test('by the first thousand characters, even if a link has more words than are read', () => {
    const link = `https://x.example/${'a/'.repeat(200)}b.png`;
    const { parts, notes } = parse(link);
    expect(parts).toMatchObject([{ kind: 'or', parts: [{ kind: 'phrase' }, { kind: 'artifact', link }] }]);
    expect(notes).toEqual([expect.stringContaining('only the first 64 words')]);
  });
});

const uuids = fc.uuid();
const links = fc.webUrl({ withFragments: true, withQueryParameters: true }).filter((url) => url.length < 900);

test('any UUID, any beginning of it of 8 characters or more, and any link are read', () => {
  fc.assert(
    fc.property(uuids, fc.integer({ min: 8, max: 35 }), fc.boolean(), (id, length, isUpper) => {
      const typed = (text: string) => (isUpper ? text.toUpperCase() : text);
      expect(readReference(typed(id))).toEqual({ name: 'id', value: id });
      expect(readReference(typed(id.slice(0, length)))).toEqual({
        name: 'id',
        value: `${id.slice(0, length)}*`,
      });
      expect(readAs(`cat ${typed(id.slice(0, length))} dog`)).toEqual([`id:${id.slice(0, length)}*`]);
    }),
  );
  fc.assert(
    fc.property(links, (link) => {
      expect(parse(`artifact:${link}`).parts).toMatchObject([
        { kind: 'artifact', link: normalizeLink(link) },
      ]);
      expect(readAs(`cat ${link}`)).toEqual([`artifact:${link}`]);
    }),
  );
});

test('a word never loses a hit: whatever else it is read as, its words are an alternative', () => {
  const hex = fc.string({
    unit: fc.constantFrom(...'0123456789abcdefABCDEF-*/:'),
    minLength: 1,
    maxLength: 40,
  });
  const words = fc
    .oneof(hex, uuids, links, fc.string({ maxLength: 40 }))
    .map((text) => text.replace(/[\s"“”„()]/gu, ''));
  fc.assert(
    fc.property(words, (word) => {
      if (readReference(word) === undefined) return;
      const [either] = parse(word).parts;
      expect(either).toMatchObject({ kind: 'or' });
      const [text] = either?.kind === 'or' ? either.parts : [];
      expect(['phrase', 'prefix']).toContain(text?.kind);
      if (text?.kind === 'phrase') expect(parse(`"${word}"`).parts).toEqual([text]);
    }),
    { numRuns: 2000 },
  );
});

test('no word of real prompts is read as anything else', () => {
  const words = readPrompts().flatMap((prompt) => prompt.split(/\s+/));
  expect(words.length).toBeGreaterThan(1000);
  expect(words.filter((word) => readReference(word) !== undefined)).toEqual([]);
});

test('a link is highlighted where the prompt contains it, and nowhere else', () => {
  const link = 'https://x.example/a.png';
  expect(findHighlights(collectWantedText(parse(link)), 'a white cat')).toEqual([]);
  expect(findHighlights(collectWantedText(parse(link)), `like ${link}`)).toEqual([[5, 5 + link.length]]);
});

test.each([
  ['HTTPS://X.example:443/ä b#c', 'https://x.example/%C3%A4%20b'],
  ['https://x.example', 'https://x.example/'],
  ['http://[', 'http://['],
])('the link %s is compared as %s', (link, normalized) => {
  expect(normalizeLink(link)).toBe(normalized);
});
