/**
 * `npm run bench:prompts`: pages of distinct prompts, edits of prompts and chains of pictures among 1,000,000 tasks, against searches by
 * best match in the same run. BENCH_DATA names a data directory to be kept, which is filled if it is empty.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock.ts';
import { type DatedPrompt, findEditLevel } from '../../src/search/edits/edit-level.ts';
import { extractFeatures } from '../../src/search/similar/features.ts';
import { answerChain, answerEdits, answerPrompts } from '../../src/server/search/prompt-answers.ts';
import { answerSearch } from '../../src/server/search/search-answers.ts';
import { createSeededRandom } from '../../src/simulator/random.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import type { TaskId } from '../../src/task/id.ts';
import { readPrompts } from '../helpers/prompts.ts';
import { compare, createTarget } from './compare.ts';
import { fillWithPrompts, mergeIndex } from './search-dataset.ts';
import { printTable, type Row } from './table.ts';

const TASKS = Number(process.env.BENCH_TASKS ?? 1_000_000);
const WORDS = ['cat', 'woman', 'light', 'portrait', 'dragon', 'watercolor', 'night', 'robot', '猫', '风格'];

const random = createSeededRandom(21);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const kept = process.env.BENCH_DATA;
const directory = kept ?? mkdtempSync(join(tmpdir(), 'flux-mirror-prompts-'));
try {
  if (!existsSync(join(directory, 'mirror.db'))) await fillWithPrompts(directory, readPrompts(), TASKS);
  const owner = await openStore({ dataDir: directory, clock: systemClock, mode: 'owner' });
  await mergeIndex(owner);
  await owner.close();
  const reader = await openStore({ dataDir: directory, clock: systemClock, mode: 'reader' });
  printTable(`Prompts, ${TASKS.toLocaleString('en')} tasks`, await benchPrompts(reader));
  await reader.close();
} finally {
  if (kept === undefined) rmSync(directory, { recursive: true, force: true });
}

async function benchPrompts(store: Store): Promise<Row[]> {
  const ids = readIds(1000);
  const word = () => encodeURIComponent(pick(WORDS));
  const bestMatch = () => answerSearch(store, createTarget(`q=${word()}&sort=relevance`));
  const ofTask = (answer: typeof answerEdits) => () => answer(store, { ...createTarget(''), id: pick(ids) });
  const comparison = { baseName: 'of best match' };
  return [
    await compare('distinct prompts', bestMatch, () => answerPrompts(store, createTarget('')), comparison),
    await compare(
      'distinct prompts, a word',
      bestMatch,
      () => answerPrompts(store, createTarget(`q=${word()}`)),
      comparison,
    ),
    await compare(
      'distinct prompts, a word, best match',
      bestMatch,
      () => answerPrompts(store, createTarget(`q=${word()}&sort=relevance`)),
      comparison,
    ),
    await compare('edits of a prompt', bestMatch, ofTask(answerEdits), comparison),
    await compare('chain of pictures', bestMatch, ofTask(answerChain), comparison),
    await compareLongEdits(),
  ];
}

/** The edits among as many long Chinese prompts as are ever compared, against reading these prompts. */
function compareLongEdits(): Promise<Row> {
  const createText = (seed: number) =>
    Array.from({ length: 2000 }, (_, at) => {
      const isOwn = (at * 7919 + seed * 104_729) % 1009 < 100;
      return String.fromCharCode(0x4e00 + ((at * 37 + (isOwn ? seed * 61 : 0)) % 8000));
    }).join('');
  const [source, ...others] = Array.from({ length: 200 }, (_, at) => ({
    id: `task-${at}`,
    prompt: createText(at),
    firstUsedMs: at,
  })) as [DatedPrompt, ...DatedPrompt[]];
  const read = () => [source, ...others].map(({ prompt }) => extractFeatures(prompt));
  return compare('edits of 200 long prompts', read, () => findEditLevel(source, others), {
    baseName: 'of reading them',
    bound: 4,
  });
}

function readIds(count: number): TaskId[] {
  const db = new Database(join(directory, 'mirror.db'), { readonly: true });
  const ids = db.prepare<[], TaskId>('SELECT id FROM tasks').pluck().all();
  db.close();
  return Array.from({ length: count }, () => pick(ids));
}
