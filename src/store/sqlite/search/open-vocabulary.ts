/** Opens the vocabulary of a caller: of all prompts, or read from those that the caller may see. */
import { createQuery, type QueryNode } from '../../../search/ast.ts';
import type { Vocabulary } from '../../../search/close/create-plan.ts';
import { createIndexEntry } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import { SUGGESTING_PROMPTS } from '../../contract/search.ts';
import { createSuggestionRequest } from '../../rules/suggest-within.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, collectParams } from '../filter-sql.ts';
import { compileSearch } from './search-sql.ts';
import { createVisibleVocabulary, createVocabulary } from './vocabulary.ts';

/** Tasks of a caller with limits that are counted: weights need no more. */
const MAX_COUNTED = 10_000;

/** @param limits of the caller: word lists and counts of all prompts would reveal others' */
export function openVocabulary(
  db: Sqlite,
  limits: TaskLimits | undefined,
  maxDisplacement: number,
): Vocabulary {
  if (!limits) return createVocabulary(db);
  const count = (parts: readonly QueryNode[]) => {
    const sql = compileSearch(db, createQuery(parts), { within: limits }, maxDisplacement);
    return (
      db.raw
        .prepare<unknown[], number>(
          `SELECT count(*) FROM (SELECT 1 FROM ${sql.countFrom} ${buildWhereClause(sql.conditions)} LIMIT ${MAX_COUNTED})`,
        )
        .pluck()
        .get(...collectParams(sql.conditions)) ?? 0
    );
  };
  const listWords = () => {
    const { query, filter } = createSuggestionRequest(limits, '');
    const sql = compileSearch(db, { ...query, parts: [] }, filter, maxDisplacement);
    const documents = db.raw
      .prepare<unknown[], string>(
        `SELECT tasks.document FROM ${sql.from} ${buildWhereClause(sql.conditions)} ORDER BY tasks.position DESC LIMIT ${SUGGESTING_PROMPTS}`,
      )
      .pluck()
      .all(...collectParams(sql.conditions));
    const uses = new Map<string, number>();
    for (const document of documents)
      for (const word of createIndexEntry(getPrompt(document)).words)
        uses.set(word, (uses.get(word) ?? 0) + 1);
    return Array.from(uses, ([word, n]) => ({ word, uses: n })).sort(
      (a, b) => b.uses - a.uses || (a.word < b.word ? -1 : 1),
    );
  };
  return createVisibleVocabulary({ total: count([]), count: (node) => count([node]), listWords });
}
