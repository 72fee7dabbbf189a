/** What `init` asks, and when an answer can be used. */
import { isAbsolute, resolve } from 'node:path';
import type { Setting } from '../config/setting.ts';
import { SETTINGS } from '../config/setting-table.ts';
import type { Dialog } from './dialog.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { printNote } from './output.ts';
import { locateSettings } from './settings.ts';
import { readUser } from './user.ts';

interface Question {
  readonly setting: Setting;
  readonly text: string;
  /** What Enter takes when the file says nothing. */
  readonly fallback?: string | undefined;
}

/** Removes a value that is not shown, and so can't be edited. */
const REMOVE = '-';
const CONTROL = /\p{Cc}/u;

function listQuestions(): Question[] {
  const { upstreamToken, dataDir, port } = SETTINGS;
  return [
    { setting: upstreamToken, text: 'API token of Ace Data Cloud' },
    {
      setting: dataDir,
      text: 'Where to keep tasks and pictures',
      fallback: locateSettings(undefined).defaultDataDir,
    },
    { setting: port, text: 'Port to listen on', fallback: port.default },
  ];
}

/**
 * @param current what the file says
 * @param path of the file
 * @returns the variables, undefined for those that it need not have; undefined when not all questions were answered
 * @throws CommandFailed when an answer that nobody types can't be used
 */
export async function askAll(
  dialog: Dialog,
  current: Readonly<Record<string, string | undefined>>,
  path: string,
): Promise<Map<string, string | undefined> | undefined> {
  const values = new Map<string, string | undefined>();
  for (const question of listQuestions()) {
    const { env } = question.setting;
    const set = current[env] || undefined;
    const answer = await askUntilValid(dialog, question, set);
    if (answer === undefined) return undefined;
    const isDefault = answer === question.fallback && set === undefined;
    const value =
      question.setting === SETTINGS.dataDir && answer !== set ? resolveDirectory(answer, path) : answer;
    values.set(env, value === '' || isDefault ? undefined : value);
  }
  return values;
}

/** @returns empty for no value; undefined when the person stops */
async function askUntilValid(
  dialog: Dialog,
  { setting, text, fallback }: Question,
  set: string | undefined,
): Promise<string | undefined> {
  const isHidden = setting.secret === true;
  const offered = set ?? fallback ?? '';
  const hint = isHidden ? describeHidden(set !== undefined) : `[${offered}]`;
  for (;;) {
    const typed = (await dialog.ask(`${text} ${hint}:`, { isHidden }))?.trim();
    if (typed === undefined) return undefined;
    if (isHidden && typed === REMOVE) return '';
    const value = typed === '' ? offered : typed;
    if (value === '' || (!CONTROL.test(value) && setting.schema.safeParse(value).success)) return value;
    const given = isHidden ? 'that' : JSON.stringify(value);
    const problem = `${given} can't be used; allowed: ${setting.allowed}`;
    if (!dialog.isInteractive) throw new CommandFailed(`${problem}; nothing was written`, EXIT.usage);
    printNote(problem);
  }
}

function describeHidden(isSet: boolean): string {
  return isSet
    ? `(not shown; Enter keeps the one that is set, ${REMOVE} removes it)`
    : '(not shown; Enter for none: the mirror serves what it has)';
}

/** Only `.env` in the working directory is read there and nowhere else: paths in other files must be whole. */
function resolveDirectory(answer: string, path: string): string {
  const { home } = readUser();
  const directory = home === undefined ? answer : answer.replace(/^~(?=$|[\\/])/, home);
  return isAbsolute(directory) || path === resolve('.env') ? directory : resolve(directory);
}
