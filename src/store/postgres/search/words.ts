/**
 * The words of prompts and notes. New ones are written with their document, because corrections rely on them. Their use counts only order
 * suggestions, so they are collected in memory and written later: in the transaction of a batch, all batches would wait for the row of "a".
 */
import { computePrefixRange } from '../../../search/prefixes.ts';
import type { WordUse } from '../../contract/search.ts';
import type { Postgres, Queryable } from '../database.ts';
import { runInTransaction } from '../transaction.ts';

export interface WordStore {
  /** In a transaction, as its last statement that waits for others: words that are found, but of no prompt yet. */
  learn(tx: Queryable, words: Iterable<string>): Promise<void>;
  /** After the transaction: the words of each new prompt. */
  count(prompts: Iterable<ReadonlySet<string>>): void;
  /** Writes the collected counts. */
  flush(): Promise<void>;
  suggest(prefix: string, limit: number): Promise<WordUse[]>;
}

/** Words that are known to be stored; the limit bounds memory only. */
const MAX_KNOWN = 500_000;

/** In the order of the words. */
const INSERT_WORDS = `INSERT INTO words (word, uses, bigrams)
  SELECT word, uses, string_to_array(bigrams, ' ')
  FROM unnest($1::text[], $2::bigint[], $3::text[]) AS written (word, uses, bigrams) ORDER BY word COLLATE "C"`;

export function createWordStore(db: Postgres): WordStore {
  const known = new Set<string>();
  let pendingUses = new Map<string, number>();

  const flush = async () => {
    if (pendingUses.size === 0) return;
    const written = pendingUses;
    pendingUses = new Map();
    const words = [...written.keys()].sort(); // in one order, so that no two processes wait for each other
    try {
      await runInTransaction(db, { isSilent: true }, (tx) =>
        tx.execute(`${INSERT_WORDS} ON CONFLICT (word) DO UPDATE SET uses = words.uses + excluded.uses`, [
          words,
          words.map((word) => written.get(word)),
          words.map(joinBigrams),
        ]),
      );
    } catch (error) {
      for (const [word, uses] of written) pendingUses.set(word, (pendingUses.get(word) ?? 0) + uses);
      throw error;
    }
  };

  return {
    learn: async (tx, words) => {
      const unknown = [...new Set(words)].filter((word) => !known.has(word)).sort();
      if (unknown.length === 0) return;
      await tx.execute(`${INSERT_WORDS} ON CONFLICT DO NOTHING`, [
        unknown,
        unknown.map(() => 0),
        unknown.map(joinBigrams),
      ]);
    },
    count: (prompts) => {
      if (known.size > MAX_KNOWN) known.clear();
      for (const words of prompts) {
        for (const word of words) {
          known.add(word);
          pendingUses.set(word, (pendingUses.get(word) ?? 0) + 1);
        }
      }
    },
    flush,
    suggest: async (prefix, limit) => {
      await flush();
      return db.read<WordUse>(
        `SELECT word, uses FROM words WHERE word >= $1 AND word < $2 AND uses > 0 ORDER BY uses DESC, word LIMIT $3`,
        [...computePrefixRange(prefix), limit],
      );
    },
  };
}

function joinBigrams(word: string): string {
  return listBigrams(word).join(' ');
}

/** The pairs of neighbouring characters of a word, each once. */
export function listBigrams(word: string): string[] {
  const characters = Array.from(word);
  return [...new Set(characters.slice(1).map((character, at) => `${characters[at]}${character}`))];
}
