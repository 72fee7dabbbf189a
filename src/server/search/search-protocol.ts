/** What the server and its search threads send each other. */
import { ApiError } from '../../lib/api-error.ts';
import { getErrorCode } from '../../lib/errno.ts';
import type { Cursor } from '../../search/cursor.ts';
import { StoreError, type StoreErrorCode, storeErrorCodeOf } from '../../store/contract/errors.ts';
import type { NewHits, SavedQuery } from '../../store/contract/saved-query.ts';
import type { HistoryPage, StoredTask, TaskFilter } from '../../store/contract/tasks.ts';
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';

export type SearchRoute =
  | 'search'
  | 'facets'
  | 'suggest'
  | 'tags'
  | 'similar'
  | 'tracked'
  | 'months'
  | 'layout'
  | 'place'
  | 'first-view'
  | 'details'
  | 'same'
  | 'prompts'
  | 'edits'
  | 'chain'
  | 'activity';

/** Answered with JSON. */
export interface SearchQuestion {
  readonly route: SearchRoute;
  /** The task in its path. */
  readonly id?: TaskId;
  /** The query string of the request. */
  readonly query: string;
  /** Whose tasks the caller may see; undefined means all. */
  readonly limits: TaskLimits | undefined;
  readonly nowMs: number;
}

export interface HistoryQuestion {
  readonly route: 'history';
  readonly filter: TaskFilter;
  readonly page: { readonly limit: number; readonly offset: number };
}

/** To count again what was answered although it was out of date; the answer is empty. */
export interface RecountQuestion {
  readonly route: 'recount';
}

/** How many tasks a search matches exactly. */
export interface CountQuestion extends Omit<SearchQuestion, 'route' | 'id'> {
  readonly route: 'count';
}

export interface CountAnswer {
  readonly total: number;
  /** What of the search was not understood. */
  readonly notes: readonly string[];
}

/** A page of the tasks that a search matches exactly. */
export interface MatchesQuestion extends Omit<SearchQuestion, 'route' | 'id'> {
  readonly route: 'matches';
  /** `next` of the previous page. */
  readonly after: Cursor | undefined;
  readonly limit: number;
}

export interface MatchesAnswer {
  readonly tasks: readonly StoredTask[];
  readonly next: Cursor | undefined;
}

/** How many tasks that a saved search matches are new. */
export interface NewHitsQuestion {
  readonly route: 'new-hits';
  readonly saved: SavedQuery;
  readonly sinceMs: number;
  readonly nowMs: number;
}

/** The tasks in the feed of a saved search. */
export interface FeedQuestion {
  readonly route: 'feed';
  readonly saved: SavedQuery;
  readonly nowMs: number;
}

/** Which of some tasks a saved search matches. */
export interface MatchingQuestion {
  readonly route: 'matching';
  readonly saved: SavedQuery;
  readonly ids: readonly TaskId[];
  readonly nowMs: number;
}

export interface FeedAnswer {
  /** Newest first. */
  readonly tasks: readonly StoredTask[];
}

export type Question =
  | SearchQuestion
  | HistoryQuestion
  | RecountQuestion
  | CountQuestion
  | MatchesQuestion
  | NewHitsQuestion
  | MatchingQuestion
  | FeedQuestion;
export type AnswerTo<Asked extends Question> = Asked extends HistoryQuestion
  ? HistoryPage
  : Asked extends CountQuestion
    ? CountAnswer
    : Asked extends MatchesQuestion
      ? MatchesAnswer
      : Asked extends NewHitsQuestion
        ? NewHits
        : Asked extends FeedQuestion
          ? FeedAnswer
          : Asked extends MatchingQuestion
            ? readonly TaskId[]
            : string;

export interface SearchJob {
  readonly number: number;
  readonly question: Question;
}

/** What a thread is sent: `end` asks it to end itself. */
export type SearchMessage = SearchJob | 'end';

/** The settings that a thread needs. */
export interface SearchWorkerData {
  /** Owned by this process. */
  readonly dataDir: string;
  /** Of PostgreSQL, if the mirror is there. */
  readonly databaseUrl?: string | undefined;
  readonly basePath: string;
  /** The number of the job that is to end, as its only element; see `createInterrupt`. */
  readonly interrupted: Int32Array;
}

export type SearchReply =
  /** The thread is ready for jobs. */
  | 'ready'
  | {
      readonly number: number;
      readonly answer: AnswerTo<Question>;
      /** Whether the thread has answered with counts that are out of date. */
      readonly isRecountDue: boolean;
    }
  | { readonly number: number; readonly failed: SerializedError };

interface SerializedError {
  readonly message: string;
  /** The server asked the thread to end it. */
  readonly isInterrupted?: boolean;
  /** Set for errors that the caller may see. */
  readonly api?: { readonly status: ApiError['status']; readonly code: ApiError['code'] };
  /** Set for errors of the store. */
  readonly store?: StoreErrorCode;
  /** The system's error code. */
  readonly system?: string | undefined;
}

/** Thrown in a thread whose job is to end. */
class Interrupted extends Error {}

/** In a thread: throws when the job in progress is to end. @param current its number */
export function createInterrupt(interrupted: Int32Array, current: () => number): () => void {
  return () => {
    if (Atomics.load(interrupted, 0) === current()) throw new Interrupted('interrupted');
  };
}

/** Structured cloning drops what the caller needs of an error: its code and status. */
export function serializeError(error: unknown): SerializedError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Interrupted) return { message, isInterrupted: true };
  if (error instanceof ApiError) return { message, api: { status: error.status, code: error.code } };
  const store = storeErrorCodeOf(error);
  return store === undefined ? { message, system: getErrorCode(error) } : { message, store };
}

export function restoreError({ message, api, store, system }: SerializedError): Error {
  if (api) return new ApiError(api.status, api.code, message);
  return store === undefined
    ? Object.assign(new Error(message), { code: system })
    : new StoreError(store, message);
}
