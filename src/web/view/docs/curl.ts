/** A command line that tries a route. */
import { getOwn, getOwnObject, getOwnString, isObject, type JsonObject } from '../../../task/json-object.ts';

/** What stands for values that only the reader knows. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  id: 'TASK_ID',
  ids: ['TASK_ID'],
  sha256: 'SHA256',
  key: 'KEY',
  name: 'NAME',
  q: 'cat',
  month: '2026-11',
  prompt: 'a red fox in the snow',
  token: 'TOKEN',
  model: 'flux-dev',
  size: '1024x1024',
  as: 'zip',
};
/** A body without required members shows its first ones. */
const SHOWN_MEMBERS = 2;

export interface CurlRequest {
  readonly method: string;
  /** As in the description: `/api/tasks/{id}`. */
  readonly path: string;
  readonly parameters: readonly JsonObject[];
  /** Schema of a JSON body. */
  readonly body: JsonObject | undefined;
  readonly needsToken: boolean;
  /** Whether its answer comes bit by bit. */
  readonly isStream: boolean;
}

/** What follows the mirror's address in the command, and what stands before it. */
export interface CurlCommand {
  readonly before: string;
  readonly after: string;
}

export function buildCurl({
  method,
  path,
  parameters,
  body,
  needsToken,
  isStream,
}: CurlRequest): CurlCommand {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    String(EXAMPLES[name] ?? name.toUpperCase()),
  );
  const options = [
    ...(isStream ? ['-N'] : []),
    ...(method === 'get' || body !== undefined ? [] : [`-X ${method.toUpperCase()}`]),
  ];
  const lines = [
    `'`,
    ...(needsToken ? [` \\\n  -H "authorization: Bearer $TOKEN"`] : []),
    ...(body === undefined
      ? []
      : [
          ` \\\n  -H 'content-type: application/json'`,
          ` \\\n  -d ${quote(JSON.stringify(buildExample(body)))}`,
        ]),
  ];
  return {
    before: ['curl', ...options, `'`].join(' '),
    after: `${filled}${buildQuery(parameters)}${lines.join('')}`,
  };
}

/** The required parameters, and the words of a search. */
function buildQuery(parameters: readonly JsonObject[]): string {
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    const name = getOwnString(parameter, 'name') ?? '';
    if (getOwn(parameter, 'in') !== 'query') continue;
    if (getOwn(parameter, 'required') === true || name === 'q')
      query.set(name, String(EXAMPLES[name] ?? buildExample(getOwnObject(parameter, 'schema'), name)));
  }
  return query.size === 0 ? '' : `?${query}`;
}

function buildExample(schema: JsonObject, name = ''): unknown {
  const values = getOwn(schema, 'enum');
  const fallback = getOwn(schema, 'default');
  if (fallback !== undefined) return fallback;
  if (Array.isArray(values) && values.length > 0) return values[0] as unknown;
  if (Object.hasOwn(EXAMPLES, name)) return EXAMPLES[name];
  switch (getOwn(schema, 'type')) {
    case 'object':
      return buildObject(schema);
    case 'array':
      return [buildExample(getOwnObject(schema, 'items'))];
    case 'integer':
    case 'number':
      return getOwn(schema, 'minimum') ?? 1;
    case 'boolean':
      return true;
    default:
      return '…';
  }
}

function buildObject(schema: JsonObject): Record<string, unknown> {
  const members = Object.entries(getOwnObject(schema, 'properties'));
  const required = getOwn(schema, 'required');
  const chosen = Array.isArray(required)
    ? members.filter(([name]) => required.includes(name))
    : members.slice(0, SHOWN_MEMBERS);
  return Object.fromEntries(
    chosen.map(([name, member]) => [name, buildExample(isObject(member) ? member : {}, name)]),
  );
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
