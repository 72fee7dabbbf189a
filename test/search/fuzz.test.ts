import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { readPrompts } from '../helpers/prompts.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';
import { tries } from '../helpers/thorough.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? tries(400, 20_000));

const TOKENS = [
  ...[
    '(',
    ')',
    '"',
    '“',
    '-',
    ' ',
    '*',
    '+',
    '^',
    ':',
    '/',
    '\\',
    ';',
    '--',
    '\u0000',
    '\ud800',
    '\u200d',
    '\ufeff',
    '%',
    '?',
    '{',
    '}',
  ],
  ...[
    'OR',
    'AND',
    'NOT',
    'NEAR(',
    'terms:',
    'model:',
    'state:',
    'seed:',
    'id:',
    'on:',
    'before:',
    'after:',
    'size:',
    'action:',
    'prompt:',
    'artifact:',
    'https://',
    '/images/',
  ],
  ...[
    'cat',
    'runni',
    'c',
    '猫',
    '暹罗',
    'ねこ',
    '고양이',
    'แมว',
    'кот',
    'قط',
    '🐈',
    '👩‍🚀',
    'é',
    'ß',
    'İ',
    'failed',
    '7d',
    '2026-03',
    'last week',
    '00000000-',
    '5bc8fbbc',
    'img.example/a.png',
    'ab'.repeat(32),
  ],
  ...['9007199254740993', '1e309', '-1', "' OR 1=1 --", 'x'.repeat(200)],
];

test(`${RUNS} random strings as queries get 200`, async (context) => {
  const { simulator, post, get } = await startTestMirror();
  simulator.seed(
    readPrompts()
      .slice(0, 150)
      .map((prompt, at) => documentText({ id: numberedIds(150)[at] ?? '', prompt })),
  );
  await post({ action: 'retrieve_batch', limit: 1000 });

  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ maxLength: 40 }),
    fc.array(fc.constantFrom(...TOKENS), { maxLength: 25 }).map((tokens) => tokens.join('')),
    fc.array(fc.constantFrom(...TOKENS), { maxLength: 25 }).map((tokens) => tokens.join(' ')),
  );
  const path = fc.constantFrom(
    'search?',
    'search?sort=relevance&',
    'search?group=prompt&sort=oldest&',
    'facets?by=day&',
    'suggest?',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(path, text), { minLength: 50, maxLength: 50 }), async (requests) => {
      const answers = await Promise.all(
        requests.map(async ([path, q]) => {
          const { status } = await get(`/api/${path}q=${encodeURIComponent(q.toWellFormed())}`);
          return [path, q, status] as const;
        }),
      );
      expect(answers.filter(([, , status]) => status !== 200)).toEqual([]);
    }),
    { numRuns: Math.ceil(RUNS / 50), endOnFailure: true },
  );
  showFigure(context, `0 errors of ${RUNS.toLocaleString('en')} queries`);
}, 1_800_000);
