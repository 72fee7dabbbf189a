/** `flux-mirror get`: prints stored documents byte for byte. */
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { parseTaskId } from '../task/id.ts';
import { EXIT } from './failure.ts';
import { print, printJson, printNote } from './output.ts';
import { addSettings, readConfig } from './settings.ts';

export function createGetCommand(): Command {
  const command = new Command('get')
    .summary('print stored documents')
    .description('Prints stored task documents, one per line, byte for byte as the upstream sent them.')
    .argument('<ids...>', 'task ids')
    .option('--json', 'print one JSON array, indented (re-serialised, so not byte for byte)');
  return addSettings(command).action(async (args: string[], options: { json?: boolean }) => {
    const ids = args.map(parseTaskId).filter((id) => id !== undefined);
    const tasks = await runWithStore(readConfig(command), 'reader', async (store) => store.getMany(ids));
    if (options.json) printJson(tasks.map(({ text }) => JSON.parse(text) as unknown));
    else for (const { text } of tasks) print(text);
    const found = new Set<string>(tasks.map(({ id }) => id));
    const missing = args.filter((arg) => !found.has(arg));
    for (const id of missing) printNote(`not in the mirror: ${id}`);
    if (missing.length > 0) process.exitCode = EXIT.failed;
  });
}
