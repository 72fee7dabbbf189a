/** `flux-mirror track` and `untrack`. */
import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { BadFile } from '../files/bad-file.ts';
import { type FoundIds, readTaskIds } from '../files/task-ids.ts';
import { describeReason } from '../lib/errno.ts';
import { findTaskIds } from '../task/id.ts';
import { serializeTrackResult } from '../views/tracked-json.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { formatCount, pluralize, print, printJson, printNote } from './output.ts';
import { reportUnknown, resolveArgs } from './resolve-ids.ts';
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
      'ids from a file: one per line, the UUIDs in any text, or JSON with the id or task_id of tasks (- = standard input)',
    )
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (args: string[], options: TrackOptions) => {
    const config = readConfig(command);
    if (args.length === 0 && options.file === undefined) {
      throw new CommandFailed('name the ids to track, or a file with -f', EXIT.usage);
    }
    const found = findIdsInArguments(args);
    if (options.file !== undefined) {
      const fromFile = await readIdFile(options.file);
      found.ids.push(...fromFile.ids);
      found.problems.push(...fromFile.problems);
    }
    for (const problem of found.problems) printNote(problem);
    const result = await runWithStore(config, 'writer', async (store, clock) =>
      store.track(found.ids, clock.now()),
    );
    if (options.json) {
      printJson({ ...serializeTrackResult(result), problems: found.problems });
    } else {
      const known = result.alreadyTracked + result.alreadyFinished;
      print(
        `${pluralize(result.added + result.revived, 'new id')} tracked, ${formatCount(known)} known already`,
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
    const ambiguous: string[] = [];
    await runWithStore(readConfig(command), 'writer', async (store) => {
      const resolved = await resolveArgs(store, args);
      unknown.push(...resolved.unknown);
      ambiguous.push(...resolved.ambiguous);
      for (const id of resolved.ids) ((await store.untrack(id)) ? untracked : unknown).push(id);
    });
    if (options.json) printJson({ untracked, not_tracked: unknown });
    else print(`${pluralize(untracked.length, 'id')} untracked`);
    reportUnknown(unknown, ambiguous, 'not tracked');
  });
}

function findIdsInArguments(args: readonly string[]): FoundIds {
  const found: FoundIds = { ids: [], problems: [] };
  for (const [at, arg] of args.entries()) {
    const ids = findTaskIds(arg);
    found.ids.push(...ids);
    if (ids.length === 0) found.problems.push(`argument ${at + 1}: no task id (a whole UUID)`);
  }
  return found;
}

async function readIdFile(file: string): Promise<FoundIds> {
  try {
    return await readTaskIds(file === '-' ? process.stdin : createReadStream(file), file);
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new BadFile(`${file}: ${describeReason(cause)}; nothing was tracked`, { cause });
  }
}
