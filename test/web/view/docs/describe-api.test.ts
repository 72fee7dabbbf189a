/** What the API page says of an OpenAPI document. */
import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../../../src/server/openapi/document.ts';
import type { ApiDocument } from '../../../../src/web/view/docs/api-document.ts';
import { describeApi, describeErrorBody } from '../../../../src/web/view/docs/describe-api.ts';
import { describeType, listConstraints, listValues } from '../../../../src/web/view/docs/describe-type.ts';
import { listSchemaRows } from '../../../../src/web/view/docs/schema-rows.ts';
import { DICTIONARIES } from '../../../../src/web/view/i18n/dictionaries.ts';

const p = DICTIONARIES.en.docsPage;
const real = openApiDocument('/');

function createDocument(components: ApiDocument['components'] = {}): ApiDocument {
  return { info: { title: 'test', version: '1' }, servers: [{ url: '/' }], paths: {}, components };
}

describe('the routes of this mirror', () => {
  const groups = describeApi(real, { needsToken: true });
  const routes = groups.flatMap((group) => group.routes);

  test('are all there, once', () => {
    const described = Object.entries(real.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(described.sort());
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
  });

  test('have the errors that they may answer, and the body of an error is described once', () => {
    expect(routes.find(({ id }) => id === 'route-facets')?.errors).toEqual(['400', '401', '403', '503']);
    expect(describeErrorBody(real)?.rows.map(({ path }) => path)).toEqual([
      'success',
      'error',
      'error.code',
      'error.message',
      'error.candidates',
      'trace_id',
    ]);
  });

  test('say which of them need no token, and how to present one', () => {
    const search = routes.find(({ id }) => id === 'route-search');
    expect(search?.curl).toEqual({
      before: "curl '",
      after: `/api/search?q=cat' \\\n  -H "authorization: Bearer $TOKEN"`,
    });
    const alive = routes.find(({ id }) => id === 'route-alive');
    expect([alive?.isOpen, alive?.curl.after]).toEqual([true, "/healthz'"]);
  });

  test('are tried with a body that they take', () => {
    const tasks = routes.find(({ id }) => id === 'route-tasks');
    expect(tasks?.curl.after).toContain(`-d '{"action":"retrieve","id":"TASK_ID"}'`);
    const untrack = routes.find(({ id }) => id === 'route-untrack');
    expect(untrack?.curl.before).toBe("curl -X DELETE '");
    expect(untrack?.curl.after).toMatch(/^\/api\/tracked\/TASK_ID'/);
  });

  test('leave no reference unresolved', () => {
    expect(JSON.stringify(groups)).not.toContain('$ref');
  });
});

describe('a schema as rows', () => {
  const document = createDocument({
    schemas: {
      Task: {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string' }, next: { $ref: '#/components/schemas/Task' } },
      },
      'a/b~c': { type: 'object', properties: { escaped: { type: 'integer' } } },
      Loop: { $ref: '#/components/schemas/Loop' },
    },
  });
  const listPaths = (schema: unknown) => listSchemaRows(document, schema).map(({ path }) => path);

  test('names members by their paths, through lists and references', () => {
    const schema = {
      type: 'object',
      properties: {
        items: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
      },
    };
    expect(listPaths(schema)).toEqual(['items', 'items[].a']);
    expect(listPaths({ $ref: '#/components/schemas/a~1b~0c' })).toEqual(['escaped']);
  });

  test('has the members of all alternatives', () => {
    const alternatives = [
      { type: 'object', properties: { id: { type: 'string' } } },
      { type: 'object', properties: { count: { type: 'integer' } } },
      { type: 'null' },
    ];
    expect(listPaths({ anyOf: alternatives })).toEqual(['id', 'count']);
  });

  test('ends where a schema contains itself, or a reference leads nowhere', () => {
    expect(listPaths({ $ref: '#/components/schemas/Task' }).slice(0, 4)).toEqual([
      'id',
      'next',
      'next.id',
      'next.next',
    ]);
    expect(listPaths({ $ref: '#/components/schemas/Loop' })).toEqual([]);
    expect(listPaths({ $ref: '#/nowhere' })).toEqual([]);
    expect(listPaths({ $ref: 'https://example.com/x' })).toEqual([]);
    expect(listPaths(undefined)).toEqual([]);
  });
});

describe('a type in words', () => {
  test.each([
    [{ type: 'string' }, 'text'],
    [{ type: ['string', 'null'] }, 'text or null'],
    [{ type: 'array', items: { type: 'integer' } }, 'list of integer'],
    [{ type: 'array' }, 'list'],
    [{ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }, 'text or list of text'],
    [{ anyOf: [{ type: 'number' }, { type: 'null' }] }, 'number or null'],
    [{ type: 'null' }, 'null'],
    [{}, 'anything'],
  ])('%j is %s', (schema, words) => {
    expect(describeType(schema, p)).toBe(words);
  });

  test('limits and defaults that go without saying are not said', () => {
    const schema = { type: 'integer', minimum: 1, maximum: 100, default: 20 };
    expect(listConstraints(schema, p)).toEqual(['≥ 1', '≤ 100', 'default 20']);
    expect(listConstraints({ type: 'integer', minimum: 0 }, p)).toEqual([]);
    expect(listConstraints({ type: 'string', minLength: 1, maxLength: 128 }, p)).toEqual([
      'at most 128 characters',
    ]);
    expect(listValues({ enum: ['newest', 'oldest'] })).toEqual(['newest', 'oldest']);
    expect(listValues({})).toEqual([]);
  });
});
