/** The words of all prompts, for close matches. */
import { computeMaxDistance, rankCorrections } from '../../../search/close/corrections.ts';
import type { Vocabulary } from '../../../search/close/vocabulary.ts';
import { computePrefixRange } from '../../../search/prefixes.ts';
import type { WordUse } from '../../contract/search.ts';
import { listRightParts } from '../../rules/vocabulary.ts';
import { countTasks } from '../counts.ts';
import type { Sqlite } from '../database.ts';
import { countMatches } from './relevance.ts';

/** Words that are read at a time of those with the same first letter. */
const SIMILAR_WORDS = `SELECT word, uses FROM words
  WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?`;

/** The vocabulary of all prompts. */
export function createVocabulary(db: Sqlite): Vocabulary {
  const { raw } = db;
  const similar = raw.prepare<[string, string, number, number], WordUse>(SIMILAR_WORDS);
  const withPart = raw.prepare<[number, number, string, string, string], WordUse>(
    `SELECT word, uses FROM words WHERE length(word) BETWEEN ? AND ?
     AND (instr(word, ?) > 0 OR instr(word, ?) > 0 OR instr(word, ?) > 0)`,
  );
  const one = raw.prepare<[string], unknown>('SELECT 1 FROM words WHERE word = ?');
  const byPrefix = raw.prepare<[string, string, number], WordUse>(
    'SELECT word, uses FROM words WHERE word > ? AND word < ? ORDER BY uses DESC, word LIMIT ?',
  );
  const total = countTasks(db);
  const counts = new Map<string, number>();

  return {
    total,
    countPrompts: (node) => {
      const key = JSON.stringify(node);
      db.checkInterrupt?.();
      const count = counts.get(key) ?? countMatches(db, node, total);
      counts.set(key, count);
      return count;
    },
    hasWord: (word) => one.get(word) !== undefined,
    listByPrefix: (prefix, limit) => byPrefix.all(...computePrefixRange(prefix), limit),
    listCorrections: (word) => {
      const maxDistance = computeMaxDistance(word);
      if (maxDistance === 0) return [];
      db.checkInterrupt?.();
      const lengths = [word.length - maxDistance, word.length + maxDistance] as const;
      // Nearly all mistakes leave the first letter in its place, or exchange it with the second.
      const letters = new Set(Array.from(word).slice(0, 2));
      const near = [...letters].flatMap((letter) => similar.all(...computePrefixRange(letter), ...lengths));
      const corrections = rankCorrections(word, near);
      if (corrections.length > 0) return corrections;
      return rankCorrections(word, withPart.all(...lengths, ...listRightParts(word)));
    },
  };
}
