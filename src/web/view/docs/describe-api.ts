/** The routes of an OpenAPI document, in groups, with everything that the API page says of them. */
import { getOwn, getOwnObject, getOwnString, isObject, type JsonObject } from '../../../task/json-object.ts';
import type { Dictionary } from '../i18n/dictionary.ts';
import { type ApiDocument, type ApiOperation, resolveNode } from './api-document.ts';
import { buildCurl, type CurlCommand } from './curl.ts';
import { listSchemaRows, type SchemaRow } from './schema-rows.ts';

export interface ApiGroup {
  readonly key: GroupKey;
  readonly routes: readonly ApiRoute[];
}

export interface ApiRoute {
  /** Anchor of the page. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** Whether it needs no token. */
  readonly isOpen: boolean;
  readonly parameters: readonly ApiParameter[];
  readonly body: ApiBody | undefined;
  readonly responses: readonly ApiResponse[];
  /** Statuses. */
  readonly errors: readonly string[];
  readonly curl: CurlCommand;
}

export interface ApiParameter {
  readonly name: string;
  /** `query`, `path`, `header` or `cookie`. */
  readonly place: string;
  readonly isRequired: boolean;
  readonly description: string;
  readonly schema: JsonObject;
}

/** What is sent or answered. */
export interface ApiBody {
  readonly mediaTypes: readonly string[];
  readonly schema: JsonObject;
  readonly rows: readonly SchemaRow[];
}

export interface ApiResponse {
  readonly status: string;
  readonly description: string;
  readonly body: ApiBody | undefined;
}

type GroupKey = keyof Dictionary['docsPage']['groups'];

/** The first that fits. */
const GROUPS: readonly (readonly [GroupKey, RegExp])[] = [
  ['flux', /^\/(?:flux|callbacks)\b/],
  ['search', /^\/api\/(?:search|prompts|facets|suggest)\b/],
  [
    'tasks',
    /^\/(?:shared|feeds|api\/(?:tasks|tracked|download|forget|marks|tags|collections|saved|webhooks))\b/,
  ],
  ['images', /^\/(?:images|thumbs|api\/images)\b/],
  ['wall', /^\/api\/wall\b/],
  ['pages', /^\/(?:$|status$|docs$|collections$|prompts$|history$|saved$|sign-(?:in|out)$|assets\b)/],
  ['mirror', /^/],
];

/** @param needsToken whether the mirror asks for tokens */
export function describeApi(document: ApiDocument, { needsToken }: { needsToken: boolean }): ApiGroup[] {
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      describeRoute(document, { path, method, operation, needsToken }),
    ),
  );
  return GROUPS.map(([key]) => ({
    key,
    routes: routes.filter(({ path }) => findGroup(path) === key),
  })).filter((group) => group.routes.length > 0);
}

function findGroup(path: string): GroupKey {
  return GROUPS.find(([, pattern]) => pattern.test(path))?.[0] ?? 'mirror';
}

interface Route {
  readonly path: string;
  readonly method: string;
  readonly operation: ApiOperation;
  readonly needsToken: boolean;
}

function describeRoute(document: ApiDocument, { path, method, operation, needsToken }: Route): ApiRoute {
  const { operationId, summary, security } = operation;
  const isOpen = security?.length === 0;
  const parameters = (operation.parameters ?? []).map((parameter) => resolveNode(document, parameter));
  const body = describeBody(document, resolveNode(document, operation.requestBody));
  const responses = Object.entries(operation.responses).map(([status, response]) => ({
    status,
    response: resolveNode(document, response),
  }));
  const isError = (status: string) => /^[45]/.test(status);
  return {
    // The search box of the page is called `search`, as an operation is.
    ...{ id: `route-${operationId}`, method, path, summary, isOpen, body },
    parameters: parameters.map((parameter) => describeParameter(document, parameter)),
    responses: responses
      .filter(({ status }) => !isError(status))
      .map(({ status, response }) => ({
        status,
        description: getOwnString(response, 'description') ?? '',
        body: describeBody(document, response),
      })),
    errors: responses.map(({ status }) => status).filter(isError),
    curl: buildCurl({
      ...{ method, path, parameters, needsToken: needsToken && !isOpen },
      body: body?.schema,
      isStream: responses.some(({ response }) => 'text/event-stream' in getOwnObject(response, 'content')),
    }),
  };
}

function describeParameter(document: ApiDocument, parameter: JsonObject): ApiParameter {
  return {
    name: getOwnString(parameter, 'name') ?? '',
    place: getOwnString(parameter, 'in') ?? '',
    isRequired: getOwn(parameter, 'required') === true,
    description: getOwnString(parameter, 'description') ?? '',
    schema: resolveNode(document, getOwn(parameter, 'schema')),
  };
}

/** @param node a request body, or a response */
function describeBody(document: ApiDocument, node: JsonObject): ApiBody | undefined {
  const content = getOwnObject(node, 'content');
  const [first] = Object.values(content);
  if (!isObject(first)) return undefined;
  const schema = resolveNode(document, getOwn(first, 'schema'));
  return { mediaTypes: Object.keys(content), schema, rows: listSchemaRows(document, schema) };
}

/** The body of all errors. */
export function describeErrorBody(document: ApiDocument): ApiBody | undefined {
  return describeBody(document, resolveNode(document, { $ref: '#/components/responses/Error' }));
}
