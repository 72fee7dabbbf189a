import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import type { Scope, Setting } from '../../src/config/setting.ts';
import { listSettings } from '../../src/config/setting-table.ts';

const ROWS = listSettings().map(([, setting]) => setting);

/** The cells of the README's table of settings, but for what they mean. */
function readmeRows(): string[][] {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('\n## Settings\n'), readme.indexOf('\n## Routes\n'));
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, 4)
      .map((cell) => cell.trim()),
  );
}

/** The options of a command, as its help shows them. */
async function helpOf(command: string): Promise<string> {
  const { commands } = await createProgram(command);
  const found = commands.find((candidate) => candidate.name() === command);
  return (found?.helpInformation() ?? '').replaceAll(/\s+/g, ' ');
}

const helpLine = ({ flag, isSwitch, describe: meaning, env, default: fallback }: Setting) =>
  `--${flag}${isSwitch ? '' : ' <value>'} ${meaning} (${env}${fallback === undefined ? '' : `, default ${fallback}`})`;

describe('the table of settings', () => {
  test('matches the README: every variable with its flag and default, and no other', () => {
    const described = readmeRows();
    const byVariable = (a: string[], b: string[]) => String(a[0]).localeCompare(String(b[0]));
    const expected = ROWS.map(({ env, flag, default: fallback }) => [
      `\`${env}\``,
      flag === undefined ? '' : `\`--${flag}\``,
      // What holds where there is no default is told in words.
      fallback === undefined ? expect.stringMatching(/^[^`]+$/) : `\`${fallback}\``,
    ]);
    expect(described.sort(byVariable)).toEqual(expected.sort(byVariable));
  });

  const SHOWN: [string, Scope[]][] = [
    ['serve', ['server', 'upstream', 'common']],
    ['sync', ['upstream', 'common']],
    ['backfill', ['upstream', 'common']],
    ['doctor', ['upstream', 'common']],
    ['search', ['common']],
    ['status', ['common']],
  ];
  test.each(SHOWN)('matches the options that `%s --help` shows for %j', async (command, scopes) => {
    const help = await helpOf(command);
    for (const row of ROWS.filter(({ flag }) => flag !== undefined)) {
      if (scopes.includes(row.scope)) expect(help).toContain(helpLine(row));
      else expect(help).not.toContain(`(${row.env}`);
    }
  });
});
