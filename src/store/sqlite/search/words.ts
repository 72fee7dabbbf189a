/**
 * The words of the prompts. New ones are written with their document, because prefix searches rely on them. Their use counts
 * only order suggestions, so they are collected in memory and written in batches.
 */
import { computePrefixRange } from '../../../search/prefixes.ts';
import type { WordUse } from '../../contract/search.ts';
import { runInTransaction, type Sqlite } from '../database.ts';
import { isBusy } from '../errors.ts';

export interface WordStore {
  /** Runs one transaction that may add words; they are known once it has committed. */
  transaction(work: () => void): void;
  /** Within such a transaction: runs a part of it that is undone alone if it throws. */
  savepoint(work: () => void): void;
  /** Within such a transaction: the words of a new prompt. */
  add(words: ReadonlySet<string>): void;
  /** Within such a transaction: words that are found by their prefix, but of no prompt. */
  learn(words: ReadonlySet<string>): void;
  /** Writes the collected counts. */
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
  const pendingUses = new Map<string, number>();
  let prompts = 0;
  /** Words of the current or last transaction. */
  let added: ReadonlySet<string>[] = [];

  const flush = () => {
    if (pendingUses.size === 0) return;
    runInTransaction(db, () => {
      for (const [word, uses] of pendingUses) addUses.run(uses, word);
    });
    pendingUses.clear();
    prompts = 0;
  };

  /** Counts may lag: they don't wait for another process that writes. */
  const flushUnlessBusy = () => {
    try {
      flush();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  };

  const countUses = () => {
    for (const words of added) {
      for (const word of words) {
        known.add(word);
        pendingUses.set(word, (pendingUses.get(word) ?? 0) + 1);
      }
    }
    prompts += added.length;
    if (prompts >= FLUSH_EVERY_PROMPTS) flushUnlessBusy();
  };

  const learn = (words: ReadonlySet<string>) => {
    for (const word of words) if (!known.has(word)) insert.run(word);
  };

  return {
    transaction: (work) => {
      added = [];
      runInTransaction(db, work);
      countUses();
    },
    savepoint: (work) => {
      const before = added.length;
      try {
        raw.transaction(work)();
      } catch (error) {
        added.length = before;
        throw error;
      }
    },
    add: (words) => {
      learn(words);
      added.push(words);
    },
    learn,
    flush,
    suggest: (prefix, limit) => {
      flushUnlessBusy();
      return mostUsed.all(...computePrefixRange(prefix), limit);
    },
  };
}
