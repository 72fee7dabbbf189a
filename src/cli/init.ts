/** `flux-mirror init`: asks for what a new mirror needs, and writes it into a `.env` file. */
import { isAbsolute, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { Command } from 'commander';
import { changeVariables } from '../config/env-file-text.ts';
import type { Setting } from '../config/setting.ts';
import { SETTINGS } from '../config/setting-table.ts';
import { type Dialog, openDialog } from './dialog.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { printNote } from './output.ts';
import { locateSettings } from './settings.ts';
import { findEarlierFile, findSettingsFile, readSettingsFile, writePrivately } from './settings-file.ts';
import { readUser } from './user.ts';

interface Question {
  readonly setting: Setting;
  readonly text: string;
  readonly isHidden?: boolean;
  /** The answer to Enter when the file says nothing. */
  readonly fallback?: string | undefined;
}

export function createInitCommand(): Command {
  return new Command('init')
    .summary('ask three questions, and write a .env file')
    .description(
      'Asks for the token of the upstream, which is not shown, for the data directory and for the port, and writes them into a .env file that only its owner can read. Enter keeps what is offered; what else the file says stays. Answers may also come on standard input, one a line.',
    )
    .option(
      '--file <file>',
      "the file to write (default: .env here; if installed: in the user's configuration directory)",
    )
    .action(async ({ file }: { file?: string }) => initialize(file));
}

async function initialize(file: string | undefined): Promise<void> {
  const path = findSettingsFile(file);
  const before = readSettingsFile(path);
  const values = await askAll(parseEnv(before), path);
  if (values === undefined) throw new CommandFailed('stopped; nothing was written');
  const after = changeVariables(before, values);
  if (after === undefined)
    throw new CommandFailed(`${path} can't be changed by a program; nothing was written. Edit it, please`);
  await writePrivately(path, after);
  printNote(`${path} was written; only you can read it`);
  for (const name of values.keys()) {
    const other = process.env[name]
      ? 'the environment'
      : findEarlierFile(path, name, locateSettings(undefined));
    if (other !== undefined) printNote(`${name} is also set in ${other}, which counts before this file`);
  }
  printNote('next: `flux-mirror doctor` checks it, `flux-mirror serve` starts the mirror');
}

/** @returns undefined when they were not all answered */
async function askAll(
  current: Readonly<Record<string, string | undefined>>,
  path: string,
): Promise<Map<string, string | undefined> | undefined> {
  const dialog = openDialog();
  try {
    const values = new Map<string, string | undefined>();
    for (const question of listQuestions()) {
      const { env } = question.setting;
      const answer = await askUntilValid(dialog, question, current[env]);
      if (answer === undefined) return undefined;
      const isDefault = answer === question.fallback && current[env] === undefined;
      const value = question.setting === SETTINGS.dataDir ? resolveDirectory(answer, path) : answer;
      values.set(env, value === '' || isDefault ? undefined : value);
    }
    return values;
  } finally {
    dialog.close();
  }
}

function listQuestions(): Question[] {
  const { upstreamToken, dataDir, port } = SETTINGS;
  return [
    {
      setting: upstreamToken,
      text: 'API token of Ace Data Cloud (not shown; Enter: none, the mirror serves what it has)',
      isHidden: true,
    },
    {
      setting: dataDir,
      text: 'Where to keep tasks and pictures',
      fallback: locateSettings(undefined).defaultDataDir,
    },
    { setting: port, text: 'Port to listen on', fallback: port.default },
  ];
}

/** @returns empty for no value; undefined when the person stops */
async function askUntilValid(
  dialog: Dialog,
  { setting, text, isHidden = false, fallback }: Question,
  current: string | undefined,
): Promise<string | undefined> {
  const offered = current ?? fallback ?? '';
  const shown = isHidden ? (current ? ' [keep the one that is set]' : '') : ` [${offered}]`;
  for (;;) {
    const answer = await dialog.ask(`${text}${shown}:`, { isHidden });
    if (answer === undefined) return undefined;
    const value = answer.trim() === '' ? offered : answer.trim();
    if (value === '' || setting.schema.safeParse(value).success) return value;
    const given = setting.secret ? 'that' : JSON.stringify(value);
    const problem = `${given} can't be used; allowed: ${setting.allowed}`;
    // What comes from a file or a pipe does not answer the same question twice.
    if (!process.stdin.isTTY) throw new CommandFailed(`${problem}; nothing was written`, EXIT.usage);
    printNote(problem);
  }
}

/** Only `.env` in the working directory is read there and nowhere else: paths in other files must be whole. */
function resolveDirectory(answer: string, path: string): string {
  const { home } = readUser();
  const directory = home === undefined ? answer : answer.replace(/^~(?=$|[\\/])/, home);
  return isAbsolute(directory) || path === resolve('.env') ? directory : resolve(directory);
}
