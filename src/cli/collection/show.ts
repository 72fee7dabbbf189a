/** `flux-mirror collection show`: the tasks of a collection, in order. */
import { Command } from 'commander';
import { openImageFiles } from '../../app/open-image-files.ts';
import { runWithStore } from '../../app/with-store.ts';
import type { ImageFiles } from '../../archive/files.ts';
import { cleanField } from '../../lib/clean-text.ts';
import { serializeCollectionTasks } from '../../views/collections-json.ts';
import type { SearchHit } from '../../views/search-schema.ts';
import { formatCount, pluralize, printJson, printNote, printStyled } from '../output.ts';
import { formatHits } from '../search-output.ts';
import { addSettings, readConfig } from '../settings.ts';
import { streamPlaces } from './collection-places.ts';
import { findCollection, NAME_ARGUMENT } from './find-collection.ts';
import { serializeCollections } from './print-collection.ts';

export function createShowCommand(): Command {
  const command = new Command('show')
    .summary('print the tasks of a collection')
    .description(
      'Prints the tasks of a collection in order, as `search` prints its hits. Those that the mirror has no more keep their place.',
    )
    .argument('<name>', NAME_ARGUMENT)
    .option('--json', 'print the collection and its tasks as JSON');
  return addSettings(command).action(async (given: string, { json = false }: { json?: boolean }) => {
    const config = readConfig(command);
    const files = await openImageFiles(config);
    await runWithStore(config, 'reader', async (store) => {
      const collection = await findCollection(store, given);
      const shape = { basePath: config.basePath, areTiles: false } as const;
      const items: Item[] = [];
      let gaps = 0;
      for await (const places of streamPlaces(store, collection)) {
        const page = await serializeCollectionTasks(store, collection, places, shape);
        gaps += page.filter(({ task }) => task === null).length;
        if (json) items.push(...page);
        else for (const line of await formatItems(page, files)) printStyled(line);
      }
      if (json) {
        const [entry] = await serializeCollections(store, [collection], config);
        return printJson({ ...entry, items });
      }
      if (collection.note !== '') printNote(collection.note);
      const absent = gaps === 0 ? '' : `, ${formatCount(gaps)} of them not in the mirror`;
      printNote(`${collection.name}: ${pluralize(collection.taskCount, 'task')}${absent}`);
    });
  });
}

interface Item {
  readonly id: string;
  readonly task: SearchHit | null;
}

async function formatItems(items: readonly Item[], files: ImageFiles): Promise<string[]> {
  const described = items.flatMap(({ task }) => (task ? [{ hit: task, remarks: [] }] : []));
  const lines = await formatHits(described, files, undefined);
  const byId = new Map(described.map(({ hit }, at) => [hit.id, lines[at]]));
  return items.flatMap(({ id }) => byId.get(id) ?? [formatGap(cleanField(id))]);
}

/** With the whole id: the mirror can't complete it. */
function formatGap(id: string): string {
  return process.stdout.isTTY ? `${id}  not in the mirror` : ['-', id, 'absent', '-', ''].join('\t');
}
