/** `flux-mirror saved show`: the hits of a saved search, the newest first. */
import { Command } from 'commander';
import { openImageFiles } from '../app/open-image-files.ts';
import { runWithStore } from '../app/with-store.ts';
import { systemClock } from '../lib/clock.ts';
import { readSavedQuery } from '../store/contract/saved-query.ts';
import type { SearchPage } from '../store/contract/search.ts';
import { serializeHits } from '../views/search-hit.ts';
import type { SearchHit } from '../views/search-schema.ts';
import { findSaved } from './find-saved.ts';
import { printJson, printNote, printStyled } from './output.ts';
import { parseLimit, streamMatchingPages } from './query-options.ts';
import { describeTotal, formatHits } from './search-output.ts';
import { addSettings, readConfig } from './settings.ts';

interface ShowOptions {
  readonly new?: boolean;
  readonly keep?: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

export function createShowSavedCommand(): Command {
  const command = new Command('show')
    .summary('show the hits of a saved search')
    .description(
      'Shows the hits of a saved search, the newest first, and records the visit: what is created from now on is new.',
    )
    .argument('<saved-search>', 'its name, or the beginning of its id')
    .option('--new', 'only what was created since the last visit')
    .option('--keep', 'do not record the visit')
    .option('--limit <n>', 'how many to show', parseLimit, 20)
    .option('--json', 'print the hits as JSON');
  return addSettings(command).action(async (given: string, options: ShowOptions) => {
    const config = readConfig(command);
    const nowMs = systemClock.now();
    await runWithStore(config, options.keep ? 'reader' : 'writer', async (store) => {
      const saved = await findSaved(store, given);
      const { query, filter } = readSavedQuery(saved, nowMs);
      const times = options.new ? { fromMs: saved.visitedAtMs } : {};
      const request = { query, filter: { ...filter, ...times }, sort: 'newest', nowMs } as const;
      const hits: SearchHit[] = [];
      let last: SearchPage | undefined;
      for await (const page of streamMatchingPages(store, request, options.limit)) {
        hits.push(...(await serializeHits(store, page.hits, query, config.basePath)));
        last = page;
      }
      const { total = 0, totalIsExact = true } = last ?? {};
      if (options.json) printJson({ items: hits, total, total_is_exact: totalIsExact });
      else {
        const described = hits.map((hit) => ({ hit, remarks: [] }));
        const files = await openImageFiles(config);
        for (const line of (await formatHits(described, files, saved.timeZone)).flat()) printStyled(line);
        printNote(describeTotal({ shown: hits.length, close: 0, total, isExact: totalIsExact }));
      }
      if (!options.keep) await store.visitSavedSearch(saved.id, { nowMs });
    });
  });
}
