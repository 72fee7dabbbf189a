/** Answers what planning a search asks of the words of the prompts, many questions in a few statements. */
import { createQuery, type QueryNode, type TextNode } from '../../../search/ast.ts';
import { computeMaxDistance, rankCorrections, type WordUse } from '../../../search/close/corrections.ts';
import type { Vocabulary } from '../../../search/close/vocabulary.ts';
import { computePrefixRange } from '../../../search/prefixes.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import { SUGGESTING_PROMPTS } from '../../contract/search.ts';
import { countWords } from '../../rules/suggest-within.ts';
import { createVisibleVocabulary, listRightParts, MAX_COUNTED } from '../../rules/vocabulary.ts';
import { countTasks } from '../counts.ts';
import { gatherAnswers } from '../gather-answers.ts';
import type { Snapshot } from '../snapshot.ts';
import { NO_ARTIFACTS } from './artifacts.ts';
import { createPromptCounter, type PromptCounter } from './count-prompts.ts';
import { readPrompts } from './read-tasks.ts';
import { compileSearch } from './search-sql.ts';
import { findHits, type Hits } from './time-search.ts';
import { listBigrams } from './words.ts';

type Question =
  | { readonly of: 'count'; readonly node: TextNode }
  | { readonly of: 'word'; readonly word: string }
  | { readonly of: 'beginnings'; readonly prefix: string; readonly limit: number }
  | { readonly of: 'corrections'; readonly word: string };

interface Answer {
  readonly count?: number;
  readonly words?: readonly WordUse[];
}

type Ask = (question: Question) => Answer | undefined;

/** Until it is counted, a word is taken for one that some prompt has: only for others corrections are looked for. */
const ASSUMED_COUNT = 1;

/**
 * Runs work with the vocabulary of a caller: of all prompts, or of those that the caller may see. It runs several times.
 * @param limits of the caller: word lists and counts of all prompts would reveal others'
 */
export async function planWithVocabulary<Plan>(
  snapshot: Snapshot,
  limits: TaskLimits | undefined,
  work: (vocabulary: Vocabulary) => Plan,
): Promise<Plan> {
  if (limits) return planWithin(snapshot, limits, work);
  const total = await countTasks(snapshot);
  const counter = await createPromptCounter(snapshot, total);
  return gatherAnswers<Question, Answer, Plan>(
    (questions) => answerAll(snapshot, counter, questions),
    (ask) => work(createVocabulary(total, ask)),
  );
}

function createVocabulary(total: number, ask: Ask): Vocabulary {
  return {
    total,
    countPrompts: (node) => ask({ of: 'count', node })?.count ?? ASSUMED_COUNT,
    hasWord: (word) => (ask({ of: 'word', word })?.count ?? 0) > 0,
    listByPrefix: (prefix, limit) => ask({ of: 'beginnings', prefix, limit })?.words ?? [],
    listCorrections: (word) =>
      computeMaxDistance(word) === 0 ? [] : (ask({ of: 'corrections', word })?.words ?? []),
  };
}

async function planWithin<Plan>(
  snapshot: Snapshot,
  limits: TaskLimits,
  work: (vocabulary: Vocabulary) => Plan,
): Promise<Plan> {
  const compile = (parts: readonly QueryNode[]): Hits => {
    const sql = compileSearch(createQuery(parts), { within: limits }, NO_ARTIFACTS);
    return { sql, conditions: sql.conditions, isGrouped: false };
  };
  const count = async (parts: readonly QueryNode[]) =>
    (await findHits(snapshot, compile(parts), { direction: 'newest', limit: MAX_COUNTED })).length;
  const newest = await findHits(snapshot, compile([]), { direction: 'newest', limit: SUGGESTING_PROMPTS });
  const prompts = await readPrompts(
    snapshot,
    newest.map(({ task }) => task),
  );
  const words = countWords([...prompts.values()]);
  const total = await count([]);
  const answer = async (questions: readonly QueryNode[]) => {
    const counts: number[] = [];
    for (const node of questions) counts.push(await count([node]));
    return counts;
  };
  return gatherAnswers<QueryNode, number, Plan>(answer, (ask) =>
    work(
      createVisibleVocabulary({
        total,
        count: (node) => ask(node) ?? ASSUMED_COUNT,
        listWords: () => words,
      }),
    ),
  );
}

async function answerAll(
  snapshot: Snapshot,
  counter: PromptCounter,
  questions: readonly Question[],
): Promise<Answer[]> {
  const nodes = questions.flatMap((question) => (question.of === 'count' ? [question.node] : []));
  const counts = await counter.count(nodes);
  const known = await findKnownWords(
    snapshot,
    questions.flatMap((question) => (question.of === 'word' ? [question.word] : [])),
  );
  const answers: Answer[] = [];
  for (const question of questions) {
    switch (question.of) {
      case 'count':
        answers.push({ count: counts.shift() ?? 0 });
        break;
      case 'word':
        answers.push({ count: known.has(question.word) ? 1 : 0 });
        break;
      case 'beginnings':
        answers.push({ words: await listByPrefix(snapshot, question) });
        break;
      case 'corrections':
        answers.push({ words: await listCorrections(snapshot, question.word) });
        break;
    }
  }
  return answers;
}

async function findKnownWords(snapshot: Snapshot, words: readonly string[]): Promise<ReadonlySet<string>> {
  if (words.length === 0) return new Set();
  const rows = await snapshot.query<{ word: string }>('SELECT word FROM words WHERE word = ANY($1::text[])', [
    words,
  ]);
  return new Set(rows.map(({ word }) => word));
}

function listByPrefix(
  snapshot: Snapshot,
  { prefix, limit }: { prefix: string; limit: number },
): Promise<WordUse[]> {
  return snapshot.query<WordUse>(
    'SELECT word, uses FROM words WHERE word > $1 AND word < $2 ORDER BY uses DESC, word LIMIT $3::bigint',
    [...computePrefixRange(prefix), limit],
  );
}

async function listCorrections(snapshot: Snapshot, word: string): Promise<WordUse[]> {
  const maxDistance = computeMaxDistance(word);
  const lengths = [word.length - maxDistance, word.length + maxDistance];
  // Nearly all mistakes leave the first letter in its place, or exchange it with the second.
  const letters = [...new Set(Array.from(word).slice(0, 2))];
  const near = await snapshot.query<WordUse>(
    `SELECT word, uses FROM words WHERE left(word, 1) = ANY($1::text[]) AND char_length(word) BETWEEN $2::int AND $3::int`,
    [letters, ...lengths],
  );
  const corrections = rankCorrections(word, near);
  return corrections.length > 0
    ? corrections
    : rankCorrections(word, await readWithPart(snapshot, word, lengths));
}

/** Words that have a part of a misspelt one: found by its bigrams, unless it has none. */
function readWithPart(snapshot: Snapshot, word: string, lengths: readonly number[]): Promise<WordUse[]> {
  const parts = [...new Set(listRightParts(word))];
  const conditions = parts.map(
    (_, at) => `(bigrams @> $${3 + 2 * at}::text[] AND strpos(word, $${4 + 2 * at}) > 0)`,
  );
  return snapshot.query<WordUse>(
    `SELECT word, uses FROM words WHERE (${conditions.join(' OR ')}) AND char_length(word) BETWEEN $1::int AND $2::int`,
    [...lengths, ...parts.flatMap((part) => [listBigrams(part), part])],
  );
}
