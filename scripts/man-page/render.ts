/** The manual page, from what the commands and the settings say of themselves in `--help`. */
import { EventEmitter } from 'node:events';
import type { Command, Option } from 'commander';
import { describeDefault } from '../../src/cli/settings.ts';
import type { Setting } from '../../src/config/setting.ts';
import { listSettings } from '../../src/config/setting-table.ts';
import { uniqueBy } from '../../src/lib/unique-by.ts';
import {
  escapeText,
  renderBold,
  renderLiteral,
  renderParagraph,
  renderSection,
  renderSubsection,
  renderTerm,
} from './roff.ts';

const NAME = 'flux-mirror';

interface ManPageSource {
  /** With all commands. */
  readonly program: Command;
  readonly version: string;
  /** `2026-11-26`. */
  readonly date: string;
}

export function renderManPage({ program, version, date }: ManPageSource): string {
  const common = ['help', ...listSettings('common').map(([, { flag }]) => flag)].map((flag) => `--${flag}`);
  const isCommon = ({ long }: Option) => common.includes(long ?? '');
  const shared = program.commands.flatMap((command) => listOptions(command).filter(isCommon));
  return `${[
    `.TH FLUX\\-MIRROR 1 "${date}" "${NAME} ${version}" "User Commands"`,
    renderSection('Name', `${escapeText(NAME)} \\- ${escapeText(lowerFirst(program.description()))}`),
    renderSection(
      'Synopsis',
      `${renderBold(NAME)} \\fIcommand\\fR [\\fIoption\\fR ...] [\\fIargument\\fR ...]`,
    ),
    renderSection('Description', renderParagraph(program.description()), ...renderAfterHelp(program)),
    renderSection(
      'Commands',
      ...listLeaves(program).map((command) => renderCommand(command, (option) => !isCommon(option))),
    ),
    renderSection('Common options', ...uniqueBy(shared, ({ long }) => long ?? '').map(renderOption)),
    renderSection(
      'Environment',
      renderParagraph('Precedence: flag, environment, .env file, default.'),
      ...listSettings().map(([, setting]) => renderTerm(setting.env, describeSetting(setting))),
    ),
    renderSection(
      'Files',
      renderParagraph(
        'Of an installed program; XDG_* variables count, and macOS and Windows have places of their own.',
      ),
      renderTerm(
        '~/.config/flux-mirror/.env',
        'settings, written by init; .env in the working directory counts before it',
      ),
      renderTerm(
        '~/.local/share/flux-mirror',
        'database, images, thumbnails and backups, unless ./data has a mirror',
      ),
      renderTerm('~/.cache/flux-mirror', 'compiled code, which may be deleted at any time'),
    ),
    renderSection(
      'Exit status',
      renderTerm('0', 'done'),
      renderTerm('1', 'failed'),
      renderTerm('2', 'wrong usage'),
    ),
  ].join('\n')}\n`;
}

function renderCommand(command: Command, isOwn: (option: Option) => boolean): string {
  const help = command.createHelp();
  const options = listOptions(command).filter(isOwn);
  return renderSubsection(
    help.commandUsage(command).replace(`${NAME} `, ''),
    renderParagraph(help.commandDescription(command)),
    ...options.map(renderOption),
    ...renderAfterHelp(command),
  );
}

function renderOption({ flags, description, argChoices }: Option): string {
  const choices = argChoices ? ` (${argChoices.join(', ')})` : '';
  return renderTerm(flags, `${description}${choices}`);
}

/** What a command has below its options: a grammar, examples. */
function renderAfterHelp(command: Command): string[] {
  let text = '';
  // As commander itself does, which has no method for it: what was added with addHelpText listens for this.
  if (!(command instanceof EventEmitter))
    throw new Error('commander has changed: a command was an EventEmitter');
  command.emit('afterHelp', {
    command,
    error: false,
    write: (more: string) => {
      text += more;
    },
  });
  return text.trim() === '' ? [] : ['.PP', renderLiteral(text.trim())];
}

function describeSetting(setting: Setting): string {
  const flag = setting.flag === undefined ? '' : `flag --${setting.flag}`;
  const about = `${flag}${describeDefault(setting)}`.replace(/^, /, '');
  return about === '' ? setting.describe : `${setting.describe} (${about})`;
}

/** The commands that do something: of a group, its members. */
function listLeaves(command: Command): Command[] {
  const visible = command.commands.filter((each) => each.name() !== 'help');
  return visible.flatMap((each) => (each.commands.length > 0 ? listLeaves(each) : [each]));
}

function listOptions(command: Command): Option[] {
  return command.createHelp().visibleOptions(command);
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/, '');
}
