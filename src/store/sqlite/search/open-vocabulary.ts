/** Opens the vocabulary of a caller: of all prompts, or read from those that the caller may see. */
import { createQuery, type QueryNode } from '../../../search/ast.ts';
import type { Vocabulary } from '../../../search/close/vocabulary.ts';
import { getPrompt } from '../../../task/document.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import { SUGGESTING_PROMPTS } from '../../contract/search.ts';
import { countWords } from '../../rules/suggest-within.ts';
import { createVisibleVocabulary, MAX_COUNTED } from '../../rules/vocabulary.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, collectParams } from '../filter-sql.ts';
import { countUpTo } from './count-up-to.ts';
import { compileSearch } from './search-sql.ts';
import { createVocabulary } from './vocabulary.ts';

/** @param limits of the caller: word lists and counts of all prompts would reveal others' */
export function openVocabulary(
  db: Sqlite,
  limits: TaskLimits | undefined,
  maxDisplacement: number,
): Vocabulary {
  if (!limits) return createVocabulary(db);
  const compile = (parts: readonly QueryNode[]) =>
    compileSearch(db, createQuery(parts), { within: limits }, maxDisplacement);
  const count = (parts: readonly QueryNode[]) => {
    const { countFrom, conditions } = compile(parts);
    return countUpTo(db, { from: countFrom, conditions }, MAX_COUNTED);
  };
  const listWords = () => {
    const { from, conditions } = compile([]);
    const documents = db.raw
      .prepare<unknown[], string>(
        `SELECT tasks.document FROM ${from} ${buildWhereClause(conditions)} ORDER BY tasks.position DESC LIMIT ${SUGGESTING_PROMPTS}`,
      )
      .pluck()
      .all(...collectParams(conditions));
    return countWords(documents.map((document) => getPrompt(document)));
  };
  return createVisibleVocabulary({ total: count([]), count: (node) => count([node]), listWords });
}
