/** Extracts what programs rely on: flags in help texts, rows of the settings table, OpenAPI operations, metrics. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = Readonly<Record<string, unknown>>;

/** Usage, flags with their setting and default, and commands of one `--help`. */
export function listHelpFacts(help: string): string[] {
  const joined = help.replace(/\n {10,}/g, ' '); // wrapped descriptions
  return joined.split('\n').flatMap((line) => {
    if (line.startsWith('Usage:')) return [line];
    const entry = /^ {2}((?:-\w, )?--?[\w-]+(?: [<[][^ ]+)?|[a-z]+)(?: .*)?$/.exec(line);
    if (!entry) return [];
    const setting = /\(([A-Z][A-Z_]+(?:, default [^)]*)?)\)/.exec(line)?.[1];
    return [`${entry[1]}${setting === undefined ? '' : ` (${setting})`}`];
  });
}

/** Variables and flags of the table in README.md, and its rows with the defaults. */
export function readSettingTable(directory: string): { names: string[]; rows: string[] } {
  const rows = readFileSync(join(directory, 'README.md'), 'utf8').match(/^\| `(?:FLUX|ACE).*$/gm) ?? [];
  const columns = rows.map((row) => row.split(' | ').slice(0, 3));
  return {
    names: columns.flatMap(([variable = '', flag = '']) => `${variable} ${flag}`.match(/`[^`]+`/g) ?? []),
    rows: columns.map((row) => row.join(' | ')),
  };
}

/** Types and series (`name{label,label}`) of a Prometheus exposition. */
export function listMetrics(text: string): string[] {
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} is a ${type}`);
  const series = [...text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)].map(([, name, labels = '']) => {
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label);
    return `${name}{${names.sort().join(',')}}`;
  });
  return [...new Set([...types, ...series])].sort();
}

/** Each operation, parameter, status and member with its type, one per line; references are resolved. */
export function listOpenApiFacts(document: Json): string[] {
  const facts: string[] = [];
  for (const [path, operations] of listEntries(document.paths)) {
    for (const [method, value] of listEntries(operations)) {
      const operation = asObject(value);
      const name = `${method.toUpperCase()} ${path}`;
      facts.push(name);
      for (const item of asList(operation.parameters)) {
        const parameter = resolveReference(document, item);
        const label = `${name} ${parameter.in} parameter ${parameter.name}`;
        facts.push(label, ...listSchemaFacts(document, parameter.schema, label));
      }
      const bodies = resolveReference(document, operation.requestBody);
      facts.push(...listContentFacts(document, bodies.content, `${name} body`));
      for (const [status, response] of listEntries(operation.responses)) {
        facts.push(`${name} ${status}`);
        const { content } = resolveReference(document, response);
        facts.push(...listContentFacts(document, content, `${name} ${status}`));
      }
    }
  }
  return [...new Set(facts)];
}

function listContentFacts(document: Json, content: unknown, label: string): string[] {
  return listEntries(content).flatMap(([mediaType, media]) => [
    `${label} ${mediaType}`,
    ...listSchemaFacts(document, asObject(media).schema, `${label} ${mediaType}`),
  ]);
}

/** Alternatives are merged into one list. */
function listSchemaFacts(document: Json, schemaOrReference: unknown, label: string, depth = 0): string[] {
  if (depth > 12) return [];
  const schema = resolveReference(document, schemaOrReference);
  const types = asList(typeof schema.type === 'string' ? [schema.type] : schema.type);
  const values = 'const' in schema ? [schema.const] : asList(schema.enum);
  return [
    ...types.map((type) => `${label} is ${type}`),
    // A null value counts as the type null.
    ...values.map((value) =>
      value === null ? `${label} is null` : `${label} may be ${JSON.stringify(value)}`,
    ),
    ...[schema.anyOf, schema.oneOf, schema.allOf]
      .flatMap(asList)
      .flatMap((part) => listSchemaFacts(document, part, label, depth + 1)),
    ...listEntries(schema.properties).flatMap(([name, member]) => [
      `${label}.${name}`,
      ...listSchemaFacts(document, member, `${label}.${name}`, depth + 1),
    ]),
    ...(schema.items === undefined ? [] : listSchemaFacts(document, schema.items, `${label}[]`, depth + 1)),
  ];
}

function resolveReference(document: Json, value: unknown): Json {
  let target = asObject(value);
  for (let hops = 0; typeof target.$ref === 'string' && hops < 10; hops++) {
    let found: unknown = document;
    for (const part of target.$ref.replace(/^#\//, '').split('/')) found = asObject(found)[part];
    target = asObject(found);
  }
  return target;
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function listEntries(value: unknown): [string, unknown][] {
  return Object.entries(asObject(value));
}
