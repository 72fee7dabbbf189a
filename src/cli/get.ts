/** `flux-mirror get`: prints stored documents byte for byte. */
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { EXIT } from './failure.ts';
import { printDocument, printJson, printNote } from './output.ts';
import { resolveArgs } from './resolve-ids.ts';
import { addSettings, readConfig } from './settings.ts';

export function createGetCommand(): Command {
  const command = new Command('get')
    .summary('print stored documents')
    .description('Prints stored task documents, one per line, byte for byte as the upstream sent them.')
    .argument('<ids...>', 'task ids, or their first 6 or more characters')
    .option('--json', 'print one JSON array, indented (re-serialised, so not byte for byte)');
  return addSettings(command).action(async (args: string[], options: { json?: boolean }) => {
    const { tasks, unknown } = await runWithStore(readConfig(command), 'reader', async (store) => {
      const resolved = await resolveArgs(store, args, { onlyDocuments: true });
      return { tasks: await store.getMany(resolved.ids), unknown: resolved.unknown };
    });
    if (options.json) printJson(tasks.map(({ text }) => JSON.parse(text) as unknown));
    else for (const { text } of tasks) printDocument(text);
    for (const id of unknown) printNote(`not in the mirror: ${id}`);
    if (unknown.length > 0) process.exitCode = EXIT.failed;
  });
}
