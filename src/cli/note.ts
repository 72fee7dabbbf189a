/** `flux-mirror note`: a note on a task. */
import { Command } from 'commander';
import { MAX_NOTE_CHARACTERS } from '../task/marks.ts';
import { addTaskOptions, isSearch, type TaskOptions } from './choose-tasks.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { markTasks } from './marking.ts';
import { printDocument, printJson, printNote } from './output.ts';
import { readMarks } from './read-marks.ts';
import { readNote } from './read-note.ts';
import { reportUnknown } from './resolve-ids.ts';
import { readConfig } from './settings.ts';

interface NoteOptions extends TaskOptions {
  readonly remove?: boolean;
}

const EXAMPLES = `
Examples:
  flux-mirror note 2db0168c                     prints it
  flux-mirror note 2db0168c 'for the calendar'
  flux-mirror note 2db0168c - < note.txt
  flux-mirror note --query 'lighthouse on:2026-03' 'seen with Ann'`;

export function createNoteCommand(): Command {
  const command = new Command('note')
    .summary('write a note on a task, or print it')
    .description(
      'Writes a note on a task, in place of the one that it has. Searches find its words, and `has:note` the tasks. Without a text, prints it.',
    )
    .argument('[id]', 'task id, or its first 6 or more characters; left out with --query')
    .argument('[text]', 'the note; - reads it from standard input')
    .option('--remove', 'remove the note')
    .addHelpText('after', EXAMPLES);
  return addTaskOptions(command).action(
    async (first: string | undefined, second: string | undefined, options: NoteOptions) => {
      const { id, text } = readArguments(first, second, options);
      const ids = id === undefined ? [] : [id];
      if (options.remove) {
        await markTasks(
          command,
          ids,
          { note: '' },
          { ask: (tasks) => `Remove the notes of ${tasks}?`, done: 'without a note' },
        );
      } else if (text === undefined) await printTaskNote(command, ids, options.json);
      else {
        await markTasks(
          command,
          ids,
          { note: await readNote(text, MAX_NOTE_CHARACTERS) },
          { ask: (tasks) => `Write this note on ${tasks}, in place of those that they have?`, done: 'noted' },
        );
      }
    },
  );
}

/** A search takes the place of the id. @throws CommandFailed */
function readArguments(
  first: string | undefined,
  second: string | undefined,
  options: NoteOptions,
): { id: string | undefined; text: string | undefined } {
  const isOfSearch = isSearch(options);
  if (isOfSearch && second !== undefined)
    throw new CommandFailed('name either a task, or a search by --query and dates', EXIT.usage);
  const [id, text] = isOfSearch ? [undefined, first] : [first, second];
  if (!isOfSearch && id === undefined)
    throw new CommandFailed('name the id of a task, or a search by --query', EXIT.usage);
  if (options.remove && text !== undefined)
    throw new CommandFailed('--remove removes the note: there is no text with it', EXIT.usage);
  if (isOfSearch && text === undefined && !options.remove)
    throw new CommandFailed('name the text of the note, or --remove', EXIT.usage);
  return { id, text };
}

async function printTaskNote(command: Command, ids: readonly string[], isJson = false): Promise<void> {
  const { marks, unknown, ambiguous } = await readMarks(readConfig(command), ids);
  for (const { id, note } of marks) {
    if (isJson) printJson({ id, note });
    else if (note === '') printNote('no note');
    else printDocument(note);
  }
  reportUnknown(unknown, ambiguous, 'not in the mirror');
}
