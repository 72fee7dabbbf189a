/** `flux-mirror track` and `untrack`. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { systemClock } from '../lib/clock.ts';
import { findTaskIds, type TaskId } from '../task/id.ts';
import { serializeTrackResult } from '../views/tracked-json.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { pluralize, print, printJson, printNote } from './output.ts';
import { resolveArgs } from './resolve-ids.ts';
import { addSettings, readConfig } from './settings.ts';

interface TrackOptions {
  file?: string;
  json?: boolean;
}

export function createTrackCommand(): Command {
  const command = new Command('track')
    .summary('remember ids')
    .description('Remembers task ids; the schedule then keeps them fresh until they are finished.')
    .argument('[ids...]', 'task ids (UUIDs)')
    .option(
      '-f, --file <file>',
      'ids from a file, one per line or any text or JSON with UUIDs in it (- = standard input)',
    )
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (args: string[], options: TrackOptions) => {
    const config = readConfig(command);
    if (args.length === 0 && options.file === undefined) {
      throw new CommandFailed('name the ids to track, or a file with -f', EXIT.usage);
    }
    const found = findIdsInLines(args, (at) => `argument ${at + 1}`);
    if (options.file !== undefined) {
      const fromFile = findIdsInText(await readText(options.file), options.file);
      found.ids.push(...fromFile.ids);
      found.problems.push(...fromFile.problems);
    }
    for (const problem of found.problems) printNote(problem);
    const result = await runWithStore(config, 'writer', async (store) =>
      store.track(found.ids, systemClock.now()),
    );
    if (options.json) {
      printJson({ ...serializeTrackResult(result), problems: found.problems });
    } else {
      const known = result.alreadyTracked + result.alreadyFinished;
      print(
        `${pluralize(result.added + result.revived, 'new id')} tracked, ${known.toLocaleString('en')} known already`,
      );
    }
    if (found.problems.length > 0) process.exitCode = EXIT.failed;
  });
}

export function createUntrackCommand(): Command {
  const command = new Command('untrack')
    .summary('stop refreshing ids')
    .description('Stops refreshing task ids; stored documents stay.')
    .argument('<ids...>', 'task ids, or their first 6 or more characters')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (args: string[], options: { json?: boolean }) => {
    const untracked: string[] = [];
    const unknown: string[] = [];
    await runWithStore(readConfig(command), 'writer', async (store) => {
      const resolved = await resolveArgs(store, args);
      unknown.push(...resolved.unknown);
      for (const id of resolved.ids) ((await store.untrack(id)) ? untracked : unknown).push(id);
    });
    if (options.json) printJson({ untracked, not_tracked: unknown });
    else print(`${pluralize(untracked.length, 'id')} untracked`);
    for (const id of unknown) printNote(`not tracked: ${id}`);
    if (unknown.length > 0) process.exitCode = EXIT.failed;
  });
}

interface Found {
  ids: TaskId[];
  problems: string[];
}

/**
 * The ids in a file. JSON is searched as a whole; in other text every line must contain an id, except for empty lines
 * and comments (`#`).
 */
function findIdsInText(text: string, file: string): Found {
  if (/^\s*[[{]/.test(text)) {
    const ids = findTaskIds(text);
    return { ids, problems: ids.length === 0 ? [`${file}: no task id found`] : [] };
  }
  return findIdsInLines(text.split(/\r?\n/), (at) => `${file}:${at + 1}`);
}

function findIdsInLines(lines: readonly string[], placeOf: (at: number) => string): Found {
  const found: Found = { ids: [], problems: [] };
  lines.forEach((line, at) => {
    const ids = findTaskIds(line);
    found.ids.push(...ids);
    if (ids.length === 0 && !/^\s*(#|$)/.test(line))
      found.problems.push(`${placeOf(at)}: no task id (a UUID)`);
  });
  return found;
}

function readText(file: string): Promise<string> {
  return file === '-' ? readAll(process.stdin) : readFile(file, 'utf8');
}
