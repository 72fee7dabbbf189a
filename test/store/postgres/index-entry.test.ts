import { beforeEach, expect, test } from 'vitest';
import {
  createIndexEntry,
  createNoteEntry,
  listRunLexemes,
  quoteLexeme,
} from '../../../src/store/postgres/search/index-entry.ts';
import { NO_MARKS } from '../../../src/task/marks.ts';
import { createTestDatabase, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const parseTokens = async (tokens: string): Promise<string[]> => {
  const [row] = await runSql(
    await createTestDatabase(),
    `SELECT tsvector_to_array('${tokens.replaceAll("'", "''")}'::tsvector) AS lexemes`,
  );
  return row?.lexemes as string[];
};

beforeEach((context) => requireOnMachine(context, 'postgres'));

test('has terms and words at the same places, and lexemes of both and of the time', async () => {
  const { terms, words, tokens, ofPrompt } = createIndexEntry('Two cats, 一只 two', undefined, 2 ** 30 + 1);
  expect([terms, words]).toEqual([' two cat 一 只 two ', ' two cats · · two ']);
  expect(await parseTokens(tokens)).toEqual(
    ['two', 'cat', '一', '只', '一只', '=two', '=cats', '#0.64', '#1.8', '#2.1', '#3.0', '#4.0'].sort(),
  );
  expect(ofPrompt).toEqual(new Set(['two', 'cats']));
});

test('has the marks behind the prompt, and the words of the note behind those', async () => {
  const marks = { ...NO_MARKS, starred: true, note: 'my best' };
  const { terms, tokens, ofPrompt, ofNote } = createIndexEntry('a cat', marks, 0);
  expect(terms).toBe(' a cat \ue000s \ue000n my best ');
  expect(await parseTokens(tokens)).toEqual(expect.arrayContaining(['\ue000s', '=best', 'best', '=cat']));
  expect([ofPrompt, ofNote]).toEqual([new Set(['a', 'cat']), new Set(['my', 'best'])]);
  expect(createNoteEntry('my best').terms).toBe(' my best ');
});

test.each([
  [['cat'], ['cat']],
  [
    ['white', 'cat'],
    ['white', 'cat'],
  ],
  [['白', '色'], ['白色']],
  [
    ['白', '色', '的', '猫'],
    ['白色', '色的', '的猫'],
  ],
  [
    ['猫', 'cat', '白', '色', 'x', '红'],
    ['猫', 'cat', '白色', 'x', '红'],
  ],
  [['🐈', '猫'], ['🐈猫']],
])('each two characters of the run %j that are terms of their own are a lexeme', async (terms, lexemes) => {
  expect(listRunLexemes(terms)).toEqual(lexemes);
  const { tokens } = createIndexEntry(`x ${terms.join(' ')} x`, undefined, 0);
  expect(await parseTokens(tokens)).toEqual(expect.arrayContaining(lexemes));
});

test('characters of a prompt and of marks are no pair', async () => {
  const { tokens } = createIndexEntry('白 猫', { ...NO_MARKS, tags: ['红'], note: '色' }, 0);
  const pairs = (await parseTokens(tokens)).filter((lexeme) => /^[白猫红色]{2}$/.test(lexeme));
  expect(pairs).toEqual(['白猫']);
});

test('keeps as many lexemes as a tsvector can hold', async () => {
  const prompt = Array.from({ length: 20_000 }, (_, at) => `w${at}`).join(' ');
  expect(await parseTokens(createIndexEntry(prompt, undefined, 0).tokens)).toHaveLength(40_005);
  // Each character is folded to four letters, of two bytes.
  const long = Array.from({ length: 8000 }, (_, at) => `${'\ufdf2'.repeat(10)}${at}`).join(' ');
  const lexemes = await parseTokens(createIndexEntry(long, undefined, 0).tokens);
  expect(lexemes).toContain(`${'الله'.repeat(10)}0`);
  expect(lexemes).not.toContain(`${'الله'.repeat(10)}7999`);
});

test.each(["it's", '\\', "'", "a\\'b", 'a b'])('the lexeme %s stays as it is', async (lexeme) => {
  expect(await parseTokens(quoteLexeme(lexeme))).toEqual([lexeme]);
});
