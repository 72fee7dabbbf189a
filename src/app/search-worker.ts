/** Worker thread for searches, with its own read-only connection. See server/search/search-thread.ts. */
import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../lib/clock.ts';
import { concatTasks } from '../mirror/concat.ts';
import { answerActivity } from '../server/search/activity-answer.ts';
import { findFeedTasks } from '../server/search/feed-tasks.ts';
import { answerFirstView } from '../server/search/first-view-answer.ts';
import { countMatches, findMatches } from '../server/search/matches.ts';
import { answerChain, answerEdits, answerPrompts } from '../server/search/prompt-answers.ts';
import {
  answerFacets,
  answerSearch,
  answerSuggest,
  answerTags,
  answerTracked,
} from '../server/search/search-answers.ts';
import {
  type AnswerTo,
  createInterrupt,
  type Question,
  type SearchMessage,
  type SearchReply,
  type SearchRoute,
  type SearchWorkerData,
  serializeError,
} from '../server/search/search-protocol.ts';
import { answerDetails, answerSame, answerSimilar } from '../server/search/task-answers.ts';
import { answerLayout, answerMonths, answerPlace } from '../server/search/wall-answers.ts';
import { countNewHits, readSavedQuery } from '../store/contract/saved-query.ts';
import type { Store } from '../store/contract/store.ts';
import { openMirrorStore, THREAD_CONNECTIONS } from './open-store.ts';

// With few cores, retrieves take precedence over searches. On Linux this applies to this thread only; elsewhere it would
// apply to the whole process.
if (platform() === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const { dataDir, databaseUrl, basePath, interrupted } = workerData as SearchWorkerData;
let current = 0;
const checkInterrupt = createInterrupt(interrupted, () => current);
let opening: Promise<Store> | undefined;
const answers = {
  search: answerSearch,
  facets: answerFacets,
  suggest: answerSuggest,
  tags: answerTags,
  similar: answerSimilar,
  tracked: answerTracked,
  months: answerMonths,
  layout: answerLayout,
  place: answerPlace,
  'first-view': answerFirstView,
  details: answerDetails,
  same: answerSame,
  prompts: answerPrompts,
  edits: answerEdits,
  chain: answerChain,
  activity: answerActivity,
};

async function open(): Promise<Store> {
  const store = await openMirrorStore(
    { dataDir, databaseUrl },
    { clock: systemClock, mode: 'reader', isResident: true, checkInterrupt, connections: THREAD_CONNECTIONS },
  );
  parentPort?.postMessage('ready' satisfies SearchReply);
  return store;
}

/** A thread whose database is away fails the question, and tries again with the next one. */
function getStore(): Promise<Store> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

async function answer(store: Store, question: Question): Promise<AnswerTo<Question>> {
  checkInterrupt();
  if (question.route === 'history') return concatTasks(await store.list(question.filter, question.page));
  if (question.route === 'recount') {
    await store.recount();
    return '';
  }
  if (question.route === 'count') return countMatches(store, question);
  if (question.route === 'matches') return findMatches(store, question);
  if (question.route === 'new-hits') return countNewHits(store, question.saved, question);
  if (question.route === 'feed') return findFeedTasks(store, question);
  if (question.route === 'matching')
    return store.findMatching({ ...readSavedQuery(question.saved, question.nowMs), ids: question.ids });
  const { route, id, query, limits, nowMs } = question;
  return answers[route satisfies SearchRoute](store, {
    ...(id === undefined ? {} : { id }),
    params: new URLSearchParams(query),
    limits,
    nowMs,
    basePath,
  });
}

parentPort?.on('message', async (message: SearchMessage) => {
  if (message === 'end') process.exit(); // ends the thread
  const { number, question } = message;
  current = number;
  try {
    const store = await getStore();
    const made = await answer(store, question);
    // Bytes are moved, not copied.
    const moved = typeof made === 'object' && 'text' in made ? [made.text.buffer as ArrayBuffer] : [];
    const isRecountDue = await store.isRecountDue();
    parentPort?.postMessage({ number, answer: made, isRecountDue } satisfies SearchReply, moved);
  } catch (error) {
    parentPort?.postMessage({ number, failed: serializeError(error) } satisfies SearchReply);
  }
});
