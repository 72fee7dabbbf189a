/** `flux-mirror get`: prints stored documents byte for byte. */
import { Command } from 'commander';
import { openImageFiles } from '../app/open-image-files.ts';
import { runWithStore } from '../app/with-store.ts';
import { printDocument, printJson, printNote } from './output.ts';
import { reportUnknown, resolveArgs } from './resolve-ids.ts';
import { addSettings, readConfig } from './settings.ts';

export function createGetCommand(): Command {
  const command = new Command('get')
    .summary('print stored documents')
    .description(
      'Prints stored task documents, one per line, byte for byte as the upstream sent them. The paths of their archived images go to standard error.',
    )
    .argument('<ids...>', 'task ids, or their first 6 or more characters')
    .option('--json', 'print one JSON array, indented (re-serialised, so not byte for byte)');
  return addSettings(command).action(async (args: string[], options: { json?: boolean }) => {
    const config = readConfig(command);
    const { tasks, images, unknown, ambiguous } = await runWithStore(config, 'reader', async (store) => {
      const { ids, ...resolved } = await resolveArgs(store, args, { onlyDocuments: true });
      return { ...resolved, tasks: await store.getMany(ids), images: await store.imagesOf(ids) };
    });
    if (options.json) printJson(tasks.map(({ text }) => JSON.parse(text) as unknown));
    else for (const { text } of tasks) printDocument(text);
    const files = await openImageFiles(config);
    for (const image of images) printNote(`archived: ${files.locate(image)}`);
    reportUnknown(unknown, ambiguous, 'not in the mirror');
  });
}
