import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderManPage } from '../../scripts/man-page/render.ts';
import { escapeText, renderLiteral } from '../../scripts/man-page/roff.ts';
import { createProgram } from '../../src/cli/program.ts';
import { listSettings } from '../../src/config/setting-table.ts';
import { requireOnMachine } from '../helpers/requirements.ts';

const PAGE = join(import.meta.dirname, '../../dist/man/flux-mirror.1');

/** What a reader sees, in one line. */
function formatPage(input: string): string {
  // -T utf8 marks bold by overstriking.
  const text = execFileSync('mandoc', ['-T', 'utf8'], { encoding: 'utf8', input });
  return text.replaceAll(/.[\b]/gu, '').replaceAll(/\s+/g, ' ');
}

/** @returns what is wrong, empty if nothing is */
function lint(input: string): string {
  return spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], { encoding: 'utf8', input }).stdout;
}

test('the page has every command, option and setting', async (context) => {
  requireOnMachine(context, 'mandoc');
  const page = formatPage(readFileSync(PAGE, 'utf8'));
  const program = await createProgram(undefined);
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  for (const command of commands.filter((each) => each.name() !== 'help')) {
    const help = command.createHelp();
    if (command.commands.length === 0)
      expect(page).toContain(help.commandUsage(command).replace('flux-mirror ', ''));
    for (const { flags } of help.visibleOptions(command)) expect(page).toContain(flags);
  }
  for (const [, { env }] of listSettings()) expect(page).toContain(env);
  expect(page).toContain('猫');
  expect(page).not.toContain('npm run');
});

test('the page is well formed', (context) => {
  requireOnMachine(context, 'mandoc');
  expect(
    execFileSync('sh', ['-c', 'mandoc -T lint -W warning "$0" 2>&1 || true', PAGE], { encoding: 'utf8' }),
  ).toBe('');
});

test('any text is shown as it is, wherever it stands', (context) => {
  requireOnMachine(context, 'mandoc');
  const special = fc.constantFrom(
    '.',
    "'",
    '\\',
    '-',
    '"',
    '`',
    '^',
    '~',
    '.SH x',
    "'br",
    '\\fB',
    '  ',
    '猫',
    '%',
    '…',
  );
  const text = fc.array(fc.oneof(special, fc.stringMatching(/^[ -~]{1,4}$/)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(text, (pieces) => {
      const words = pieces.join('').trim().replaceAll(/\s+/g, ' ');
      fc.pre(words !== '');
      const source = `.TH X 1 "2026-01-01"\n.SH A\nfirst ${escapeText(words)} last\n${escapeText(words)}\n${renderLiteral(words)}\n`;
      const shown = formatPage(source);
      expect(shown, source).toContain(`first ${words} last ${words} ${words}`);
      expect(lint(source)).toBe('');
    }),
    { numRuns: 50 },
  );
});

test('what a command has below its options is part of it, and what is hidden is not', () => {
  const program = new Command('flux-mirror').description('A program.');
  const command = new Command('paint')
    .description('Paints.')
    .addHelpText('after', '\nColours:\n  red   warm');
  program.addCommand(command);
  const page = renderManPage({ program, version: '1.2.3', date: '2026-01-01' });
  expect(page).toMatch(/\.SS "paint \[options\]"\nPaints\.\n\.PP\n\.nf\nColours:\n {2}red {3}warm\n\.fi/);
});
