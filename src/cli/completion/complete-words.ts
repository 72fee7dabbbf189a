/** What may come next on a command line: commands, options and their values, and what the mirror has. */
import type { Argument, Command, Option } from 'commander';
import { OPERATORS } from '../../search/fields.ts';
import { SHELLS } from './scripts.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What the mirror has that begins like a word; nothing if there is no mirror. */
export interface History {
  /** Short ids of tasks, with their prompts. */
  listIds(prefix: string): Promise<Candidate[]>;
  listModels(): Promise<Candidate[]>;
  listCollections(): Promise<Candidate[]>;
  /** The tags of tasks. */
  listTags(): Promise<Candidate[]>;
  /** Names of valid tokens. */
  listTokens(): Promise<Candidate[]>;
  /** Names of saved searches, with their queries. */
  listSaved(): Promise<Candidate[]>;
}

interface CompletionDeps {
  /** With all commands if there is no such one. */
  readonly createProgram: (name: string | undefined) => Promise<Command>;
  readonly history: History;
}

/** Commands of which an argument is a stored task. */
const ID_COMMANDS = new Set(['get', 'open', 'forget', 'untrack', 'star', 'rate', 'tag', 'note', 'hide']);
/** Commands whose arguments are a query. */
const QUERY_COMMANDS = new Set(['search', 'verify']);
/** Options of `tag` whose values are tags. */
const TAG_OPTIONS = new Set(['--add', '--remove']);
const MODEL = /^(-?model:)(.*)$/;

/** @param words after the name of the program; the last one is still being typed, and may be empty */
export async function completeWords(
  words: readonly string[],
  { createProgram, history }: CompletionDeps,
): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const program = await createProgram(before[0]);
  const isHelp = before[0] === 'help';
  if (isHelp && before.length > 1) return [];
  const { command, args } = findCommand(program, isHelp ? [] : before);
  const candidates = await listCandidates(command, { current, before, args }, history);
  return candidates.filter(({ value }) => value.startsWith(current));
}

interface Situation {
  readonly current: string;
  readonly before: readonly string[];
  /** The words before that are arguments of the command. */
  readonly args: readonly string[];
}

async function listCandidates(
  command: Command,
  { current, before, args }: Situation,
  history: History,
): Promise<Candidate[]> {
  const awaiting = findOption(command, before.at(-1) ?? '');
  const isOfCollections = command.parent?.name() === 'collection';
  if (isOfCollections && awaiting?.long === '--before') return history.listIds(current);
  if (awaiting && command.name() === 'tag' && TAG_OPTIONS.has(awaiting.long ?? '')) return history.listTags();
  if (awaiting?.required || awaiting?.optional) return listChoices(awaiting.argChoices);
  if (current.startsWith('-') && !MODEL.test(current)) return listOptions(command);
  const visible = command.createHelp().visibleCommands(command);
  if (visible.length > 0 && args.length === 0)
    return visible.map((each) => ({ value: each.name(), description: each.summary() || each.description() }));
  const argument = findArgument(command, args.length);
  if (isOfCollections && argument?.name() === 'name') return history.listCollections();
  if ((isOfCollections || ID_COMMANDS.has(command.name())) && /^ids?$/.test(argument?.name() ?? ''))
    return history.listIds(current);
  if (QUERY_COMMANDS.has(command.name())) return completeQuery(current, history);
  if (argument?.name() === 'saved-search') return history.listSaved();
  if (command.name() === 'revoke') return history.listTokens();
  if (command.name() === 'completion') return listChoices(SHELLS);
  return listChoices(argument?.argChoices);
}

/** The argument at a position; the last one may be repeated. */
function findArgument({ registeredArguments }: Command, at: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[at] ?? (last?.variadic ? last : undefined);
}

async function completeQuery(current: string, history: History): Promise<Candidate[]> {
  const [, operator, typed] = MODEL.exec(current) ?? [];
  if (operator === undefined || typed === undefined)
    return current === '' ? [] : OPERATORS.map(({ name }) => ({ value: `${name}:`, description: '' }));
  const models = await history.listModels();
  return models.map(({ value, description }) => ({ value: `${operator}${value}`, description }));
}

/** The command that the words name, and those of them that are its arguments. */
function findCommand(program: Command, words: readonly string[]): { command: Command; args: string[] } {
  let command = program;
  const args: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const option = findOption(command, word);
    if (option) {
      if (option.required) at += 1;
      continue;
    }
    const found = args.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (found) command = found;
    else if (!word.startsWith('-')) args.push(word);
  }
  return { command, args };
}

function findOption(command: Command, word: string): Option | undefined {
  if (!word.startsWith('-')) return undefined;
  return command.options.find(({ short, long }) => word === short || word === long);
}

function listOptions(command: Command): Candidate[] {
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap(({ long, description }) => (long ? [{ value: long, description }] : []));
}

function listChoices(choices: readonly string[] | undefined): Candidate[] {
  return (choices ?? []).map((value) => ({ value, description: '' }));
}
