/** The words of the prompts, for close matches: of all prompts, or of those that a caller with limits may see. */
import type { QueryNode, TextNode } from '../../../search/ast.ts';
import { computeMaxDistance, rankCorrections } from '../../../search/close/corrections.ts';
import type { Vocabulary } from '../../../search/close/vocabulary.ts';
import { computePrefixRange } from '../../../search/prefixes.ts';
import type { WordUse } from '../../contract/search.ts';
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
      return rankCorrections(word, withPart.all(...lengths, ...listRightParts(word, maxDistance)));
    },
  };
}

/**
 * Parts of a word of which one is right when a mistake is at its first letters: behind them is at most one mistake less, and an
 * exchange of two letters spoils two parts.
 */
function listRightParts(word: string, maxDistance: number): [string, string, string] {
  const rest = Array.from(word).slice(2);
  const size = maxDistance === 1 ? rest.length : Math.ceil(rest.length / 3);
  const takePart = (at: number) => rest.slice(at * size, (at + 1) * size).join('') || rest.join('');
  return [takePart(0), takePart(1), takePart(2)];
}

/** What is known of the prompts that a caller with limits may see. */
export interface VisiblePrompts {
  /** Number of tasks, perhaps only the first so many. */
  readonly total: number;
  /** Tasks with a node, perhaps only the first so many. */
  count(node: QueryNode): number;
  /** Words of the newest of them, with their use. */
  listWords(): readonly WordUse[];
}

/** The vocabulary of the prompts that are visible to the caller: word lists and counts of all prompts would reveal others'. */
export function createVisibleVocabulary(visible: VisiblePrompts): Vocabulary {
  let words: readonly WordUse[] | undefined;
  const listWords = () => {
    words ??= visible.listWords();
    return words;
  };
  const countPrompts = (node: TextNode) => visible.count(node);
  return {
    total: visible.total,
    countPrompts,
    hasWord: (word) => listWords().some((known) => known.word === word),
    listByPrefix: (prefix, limit) =>
      listWords()
        .filter(({ word }) => word !== prefix && word.startsWith(prefix))
        .slice(0, limit),
    listCorrections: (word) => (computeMaxDistance(word) === 0 ? [] : rankCorrections(word, listWords())),
  };
}
