/** `flux-mirror get`: stored documents, exactly as they are. */
import { Command } from 'commander';
import { withStore } from '../app/with-store.ts';
import { asTaskId } from '../task/id.ts';
import { EXIT } from './failure.ts';
import { print, printJson, remark } from './output.ts';
import { configFor, withSettings } from './settings.ts';

export function getCommand(): Command {
  const command = new Command('get')
    .summary('print stored documents')
    .description('Prints stored task documents, one a line, byte for byte as the upstream sent them.')
    .argument('<ids...>', 'task ids')
    .option('--json', 'print one JSON array, indented (re-serialised, so not byte for byte)');
  return withSettings(command).action(async (args: string[], options: { json?: boolean }) => {
    const ids = args.map(asTaskId).filter((id) => id !== undefined);
    const tasks = await withStore(configFor(command), 'reader', async (store) => store.getMany(ids));
    if (options.json) printJson(tasks.map(({ text }) => JSON.parse(text) as unknown));
    else for (const { text } of tasks) print(text);
    const found = new Set<string>(tasks.map(({ id }) => id));
    const missing = args.filter((arg) => !found.has(arg));
    for (const id of missing) remark(`not in the mirror: ${id}`);
    if (missing.length > 0) process.exitCode = EXIT.failed;
  });
}
