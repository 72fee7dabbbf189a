import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSearchCommand } from '../../src/cli/search.ts';
import { FIELDS, OPERATORS } from '../../src/search/fields.ts';
import { openApiDocument } from '../../src/server/openapi/document.ts';

const DOCS = readFileSync(new URL('../../docs/search.md', import.meta.url), 'utf8');
const OPERATOR_NAMES = OPERATORS.map(({ name }) => name).sort();
const FIELD_NAMES = FIELDS.map(({ name }) => name).sort();

/** The rows of the table below a heading, cell by cell. */
function tableBelow(heading: string): string[][] {
  const section = DOCS.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) => line.split('|').map((cell) => cell.trim()));
}

/** What stands before a colon in the code of a text. */
function operatorsIn(text: string): string[] {
  const code = [...text.matchAll(/`([^`]+)`/g)].map(([, inner]) => inner).join(' ');
  return [...new Set([...code.matchAll(/(?<![\w:])([a-z_]+):/g)].map(([, name]) => name ?? ''))].sort();
}

function queryParameters(path: '/api/search' | '/api/facets'): string[] {
  const { parameters = [] } = openApiDocument('/').paths[path]?.get ?? {};
  return parameters.map(({ name }) => String(name));
}

describe('every search field', () => {
  test('that is an operator is in the query syntax table of docs/search.md, and nothing else is', () => {
    expect(operatorsIn(tableBelow('Query syntax').flat().join(' '))).toEqual(OPERATOR_NAMES);
  });

  test('is in the parameter table of docs/search.md, and nothing else is', () => {
    const names = tableBelow('Parameters').flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name),
    );
    const others = ['q', 'tz', 'at', 'fields', 'sort', 'match', 'partial', 'group', 'limit', 'cursor'];
    expect(names.filter((name) => !others.includes(name ?? '')).sort()).toEqual(FIELD_NAMES);
  });

  test.each(['/api/search', '/api/facets'] as const)('is a described parameter of %s', (path) => {
    expect(queryParameters(path)).toEqual(expect.arrayContaining(FIELD_NAMES));
  });

  test('that is an operator is shown by the help of the command', () => {
    let help = '';
    const command = createSearchCommand().configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    for (const name of OPERATOR_NAMES) expect(help).toContain(`${name}:`);
  });
});
