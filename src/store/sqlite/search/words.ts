/**
 * The words that stand in prompts. New ones are written with their document, because searches for beginnings of words
 * rely on them. How often each is used only orders suggestions, so those counts are gathered and written now and then.
 */
import { computePrefixRange } from '../../../search/prefixes.ts';
import type { WordUse } from '../../contract/search.ts';
import { runInTransaction, type Sqlite } from '../database.ts';

export interface WordStore {
  /** Runs one transaction that may add words; they count as known once it is committed. */
  transaction(work: () => void): void;
  /** Within such a transaction: the words of a new prompt. */
  add(words: ReadonlySet<string>): void;
  /** Writes the gathered counts. */
  flush(): void;
  suggest(prefix: string, limit: number): WordUse[];
}

const FLUSH_EVERY_PROMPTS = 5000;

export function createWordStore(db: Sqlite): WordStore {
  const { raw } = db;
  const insert = raw.prepare<[string]>('INSERT INTO words (word, uses) VALUES (?, 0) ON CONFLICT DO NOTHING');
  const addUses = raw.prepare<[number, string]>('UPDATE words SET uses = uses + ? WHERE word = ?');
  const mostUsed = raw.prepare<[string, string, number], WordUse>(
    'SELECT word, uses FROM words WHERE word >= ? AND word < ? AND uses > 0 ORDER BY uses DESC, word LIMIT ?',
  );
  const known = new Set<string>();
  const gathered = new Map<string, number>();
  let prompts = 0;
  /** Of the transaction in progress, or of the last. */
  let added: ReadonlySet<string>[] = [];

  const flush = () => {
    if (gathered.size === 0) return;
    runInTransaction(db, () => {
      for (const [word, uses] of gathered) addUses.run(uses, word);
    });
    gathered.clear();
    prompts = 0;
  };

  const countUses = () => {
    for (const words of added) {
      for (const word of words) {
        known.add(word);
        gathered.set(word, (gathered.get(word) ?? 0) + 1);
      }
    }
    prompts += added.length;
    if (prompts >= FLUSH_EVERY_PROMPTS) flush();
  };

  return {
    transaction: (work) => {
      added = [];
      runInTransaction(db, work);
      countUses();
    },
    add: (words) => {
      for (const word of words) if (!known.has(word)) insert.run(word);
      added.push(words);
    },
    flush,
    suggest: (prefix, limit) => {
      flush();
      return mostUsed.all(...computePrefixRange(prefix), limit);
    },
  };
}
