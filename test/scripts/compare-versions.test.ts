/** What `npm run compare` calls the same, a superset or a difference. */
import { expect, test } from 'vitest';
import { listHelpFacts, listMetrics, listOpenApiFacts } from '../../scripts/compare/facts.ts';
import { createNormalize } from '../../scripts/compare/normalize.ts';
import { compareObservations, type Rule, type Verdict } from '../../scripts/compare/observation.ts';

function compareTexts(rule: Rule, before: string, after: string): Verdict | undefined {
  const observe = (text: string) => [{ surface: 'any', name: 'one', rule, text }];
  return compareObservations(observe(before), observe(after))[0]?.verdict;
}

test.each<[Rule, string, string, Verdict]>([
  ['bytes', 'a', 'a', 'same'],
  ['bytes', 'a', 'a\nb', 'different'],
  ['json', '{"a":1}', '{"a":1,"b":2}', 'superset'],
  ['json', '{"a":1,"b":2}', '{"a":1}', 'different'],
  ['json', '{"a":1}', '{"a":2}', 'different'],
  ['json', '{"a":[1,2]}', '{"a":[2,1]}', 'different'],
  ['lines', 'a\nb', 'b\na\nc', 'superset'],
  ['lines', 'a\na', 'a', 'different'],
  ['wording', 'a', 'b', 'wording'],
])('under the rule %s, %j before and %j after are: %s', (rule, before, after, verdict) => {
  expect(compareTexts(rule, before, after)).toBe(verdict);
});

test('a removed entry is a difference, and an added one is not', () => {
  const one = { surface: 'any', name: 'one', rule: 'bytes' as const, text: '' };
  expect(compareObservations([one], [])).toMatchObject([{ verdict: 'different' }]);
  expect(compareObservations([], [one])).toMatchObject([{ verdict: 'superset' }]);
});

test('generated ids and times since the start are replaced, those of the sample are not', () => {
  const known = '2db0168c-2373-4367-8d9a-9dc778802e8a';
  const startedAtMs = Date.parse('2026-11-25T12:00:00Z');
  const normalize = createNormalize({
    startedAtMs,
    knownIds: new Set([known]),
    places: new Map([['/tmp/x', '<work>']]),
  });
  expect(normalize(`${known} 72bdd69d-290d-4710-a6d4-60c78968865a /tmp/x/data`)).toBe(
    `${known} <uuid> <work>/data`,
  );
  expect(normalize('2026-11-25T11:00:00.000Z 2026-11-25T12:00:03.123Z')).toBe(
    '2026-11-25T11:00:00.000Z <time>',
  );
  expect(normalize(`1736304669.779 ${startedAtMs + 5}`)).toBe('1736304669.779 <time>');
});

test('a reference in OpenAPI equals the schema that it refers to', () => {
  const error = { type: 'object', properties: { code: { type: 'string' } } };
  const document = (schema: object) => ({
    paths: {
      '/a': {
        get: { responses: { 400: { description: 'bad', content: { 'application/json': { schema } } } } },
      },
    },
    components: { schemas: { Error: error } },
  });
  const facts = listOpenApiFacts(document(error));
  expect(facts).toContain('GET /a 400 application/json.code is string');
  expect(listOpenApiFacts(document({ $ref: '#/components/schemas/Error' }))).toEqual(facts);
});

test('flags, settings and metrics are found in help texts and documentation', () => {
  const help =
    'Usage: x [options]\n\nOptions:\n  --port <value>  port (FLUX_MIRROR_PORT, default 8787)\n  -h, --help  help\n';
  expect(listHelpFacts(help)).toEqual([
    'Usage: x [options]',
    '--port <value> (FLUX_MIRROR_PORT, default 8787)',
    '-h, --help',
  ]);
  const metrics = '# TYPE a_total counter\na_total{b="1",c="x y"} 3\n';
  expect(listMetrics(metrics)).toEqual(['a_total is a counter', 'a_total{b,c}']);
});
