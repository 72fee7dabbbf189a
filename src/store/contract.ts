/**
 * What the mirror needs of a store, in the domain's words. SQLite stands behind it today; another engine may one day,
 * checked by the same conformance suite. Every function is one atomic step, and callers always `await`.
 */
import type { Cursor } from '../search/cursor.ts';
import type { TimeUnit } from '../search/dates.ts';
import type { Query } from '../search/query-tree.ts';
import type { TaskDocument } from '../task/document.ts';
import type { TaskId } from '../task/id.ts';
import type { TaskLimits } from '../task/limits.ts';
import type { TaskState } from '../task/state.ts';

export type MaybePromise<T> = T | Promise<T>;

/** A stored document. Times are epoch milliseconds. */
export interface StoredTask {
  readonly id: TaskId;
  /** The upstream's exact text. */
  readonly text: string;
  readonly state: TaskState;
  readonly createdAtMs: number;
  /** When the upstream last confirmed it. */
  readonly fetchedAtMs: number;
}

/** Several stored documents as one text. */
export interface JoinedTasks {
  readonly count: number;
  /** Their exact texts in the order asked, with commas between them; UTF-8. */
  readonly text: Uint8Array;
  /** When the upstream confirmed the one that was confirmed first; undefined when there are none. */
  readonly fetchedAtMs: number | undefined;
}

/** Documents that one request brought, and what it means for the tracked ids that it was made for. */
export interface Batch {
  readonly documents: readonly TaskDocument[];
  /** From `nextRequestSeq()`, taken before the request was sent. */
  readonly requestSeq: number;
  readonly fetchedAtMs: number;
  readonly settlements?: readonly Settlement[];
  /** Unfinished documents that are new here become tracked, first due then. Left out: they don't. */
  readonly trackPendingAtMs?: number;
  /** Nobody named these ids, they came in a list: one that was removed stays away. */
  readonly isUnasked?: true;
}

export interface BatchResult {
  inserted: number;
  /** Replaced by another text. */
  updated: number;
  /** The same text again. */
  unchanged: number;
  /** Refused, because what is stored is finished, is newer, or was deleted meanwhile. */
  kept: number;
  /** Of those: the upstream sent another text for a task that was finished. */
  regressions: number;
}

/** An id taken from the schedule by one worker. `gen` fences it: a result from an older claim is ignored. */
export interface Claim {
  readonly id: TaskId;
  readonly gen: number;
  readonly attempts: number;
  readonly trackedAtMs: number;
  readonly unknownSinceMs: number | undefined;
}

/** What a refresh found out about a claimed id. Finished documents need none: storing them ends their tracking. */
export interface Settlement {
  readonly claim: Claim;
  /** When to look again; undefined gives the id up. */
  readonly dueAtMs: number | undefined;
  /** Since when the upstream doesn't know the id; undefined when it does. */
  readonly unknownSinceMs: number | undefined;
  /** What went wrong, for people. */
  readonly error: string | undefined;
}

export interface TrackedId {
  readonly id: TaskId;
  readonly trackedAtMs: number;
  /** When it is looked at next; undefined when it was given up. */
  readonly dueAtMs: number | undefined;
  readonly attempts: number;
  readonly unknownSinceMs: number | undefined;
  readonly lastError: string | undefined;
}

export interface TrackResult {
  /** Ids that were not tracked before. */
  readonly added: number;
  /** Given up before, and tracked again. */
  readonly revived: number;
  /** Tracked already. */
  readonly alreadyTracked: number;
  /** Stored and finished: nothing to refresh. */
  readonly alreadyFinished: number;
}

/** Limits a search or a list. Empty or absent members limit nothing. */
export interface TaskFilter {
  readonly states?: readonly TaskState[];
  readonly models?: readonly string[];
  readonly sizes?: readonly string[];
  readonly actions?: readonly string[];
  readonly types?: readonly string[];
  readonly userIds?: readonly string[];
  readonly applicationIds?: readonly string[];
  /** Created at or after; epoch milliseconds. */
  readonly fromMs?: number;
  /** Created before; epoch milliseconds. */
  readonly toMs?: number;
  /** What the caller may see at all. */
  readonly within?: TaskLimits;
}

export type SortOrder = 'newest' | 'oldest' | 'relevance';

export interface SearchRequest {
  readonly query: Query;
  readonly filter: TaskFilter;
  readonly sort: SortOrder;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: Cursor;
  /** Folds tasks of the same prompt into the newest of them. */
  readonly groupByPrompt?: boolean;
  /** For relevance, which prefers recent tasks. */
  readonly nowMs: number;
}

export interface Hit {
  readonly task: StoredTask;
  /** All matches with the same prompt, where that was asked for. */
  readonly group?: PromptGroup;
}

export interface PromptGroup {
  readonly count: number;
  /** Newest first, GROUP_LIMIT at most; the hit's own task is the first. */
  readonly tasks: readonly Pick<StoredTask, 'id' | 'state' | 'createdAtMs'>[];
}

/** So many tasks of a group are named. */
export const GROUP_LIMIT = 100;

export interface SearchPage {
  readonly hits: readonly Hit[];
  /** Where the next page goes on; undefined on the last page. */
  readonly next: Cursor | undefined;
  /** Of hits, exact up to COUNT_LIMIT, else COUNT_LIMIT as a lower bound. */
  readonly total: number;
  readonly totalIsExact: boolean;
  /** By relevance: whether all matches were ranked, or the newest RANKING_LIMIT. */
  readonly ranked: 'all' | 'newest' | undefined;
  /** Set while the index is being made anew: tasks created before are not found yet. */
  readonly indexedFromMs: number | undefined;
}

/** So many matches are ranked by relevance. */
export const RANKING_LIMIT = 1000;

export interface FacetRequest {
  readonly query: Query;
  readonly filter: TaskFilter;
  /** The bars of the histogram. */
  readonly by: TimeUnit;
  /** IANA name; the calendar of the bars. */
  readonly timeZone: string;
}

export interface FacetCount {
  /** Null counts the tasks that have none. */
  readonly value: string | null;
  readonly count: number;
}

/** Counts of all matches, each list by falling count. */
export interface Facets {
  readonly total: number;
  readonly models: readonly FacetCount[];
  readonly sizes: readonly FacetCount[];
  readonly actions: readonly FacetCount[];
  readonly states: readonly FacetCount[];
  /** Rising in time; periods without tasks are left out. */
  readonly histogram: readonly { readonly fromMs: number; readonly count: number }[];
}

export interface WordUse {
  readonly word: string;
  /** In how many prompts it stands. */
  readonly uses: number;
}

/** Suggestions within limits are made of so many prompts. */
export const SUGGESTING_PROMPTS = 1000;

/** A total is counted up to here. */
export const COUNT_LIMIT = 1000;

export interface ListPage {
  readonly tasks: readonly StoredTask[];
  /** All matches, exactly. */
  readonly count: number;
}

export interface RunCounts {
  claimed: number;
  finished: number;
  pending: number;
  unknown: number;
  failed: number;
  givenUp: number;
  requests: number;
  regressions: number;
  /** Items of answers that were not stored: not asked for, twice, or malformed. */
  dropped: number;
  /** Tasks that were found in the history list and not known before. */
  discovered: number;
}

export type RunTrigger = 'schedule' | 'api' | 'command';
export type RunOutcome =
  | 'running'
  | 'done'
  | 'stopped'
  | 'rejected'
  | 'rate-limited'
  | 'unreachable'
  | 'failed'
  | 'interrupted';

export interface Run {
  readonly id: number;
  readonly trigger: RunTrigger;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly outcome: RunOutcome;
  readonly counts: RunCounts;
  readonly error: string | undefined;
}

/** Why, and until when, the upstream is left alone. */
export interface Block {
  readonly untilMs: number;
  /** `rate-limited`: it said so. `rejected`: 401 or 403. `unreachable`: it failed several times in a row. */
  readonly reason: 'rate-limited' | 'rejected' | 'unreachable';
  readonly message: string;
  /** How often in a row it was blocked for this reason. */
  readonly times: number;
}

export interface Stats {
  readonly total: number;
  readonly byState: Readonly<Record<TaskState, number>>;
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
  readonly tracked: number;
  readonly due: number;
  readonly givenUp: number;
  readonly diskBytes: number;
}

/** What an audit found wrong. Empty: nothing. */
export interface AuditFinding {
  readonly id: string;
  readonly problem: string;
}

export interface Removal {
  /** False when nothing was stored or tracked. */
  readonly wasKnown: boolean;
  /** Images that nothing uses any more; their files are the caller's to delete. */
  readonly orphans: readonly ArchivedImage[];
}

/** An image whose file is in the archive. */
export interface ArchivedImage {
  /** Of its bytes; lower-case hex. */
  readonly sha256: string;
  /** `image/png` …, by its content. */
  readonly mediaType: string;
  readonly bytes: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly thumbhash: Uint8Array;
}

/** An archived image and its place among the image links of a task. */
export interface TaskImage extends ArchivedImage {
  readonly taskId: TaskId;
  readonly n: number;
}

/** An image that is to be fetched. */
export interface WantedImage {
  readonly taskId: TaskId;
  readonly n: number;
  /** Undefined when the task has no such link (any more). */
  readonly url: string | undefined;
  readonly attempts: number;
  readonly addedAtMs: number;
}

export interface FailingImage {
  readonly taskId: TaskId;
  readonly n: number;
  readonly attempts: number;
  /** Undefined when it was given up. */
  readonly dueAtMs: number | undefined;
  readonly error: string;
}

export interface ImageStats {
  readonly archived: number;
  /** Of all archived images together. */
  readonly bytes: number;
  /** Not fetched yet, or failed and tried again. */
  readonly wanted: number;
  readonly givenUp: number;
  /** Those that failed, by what went wrong, most first. */
  readonly reasons: readonly { readonly error: string; readonly count: number }[];
}

/** What the upstream posted, to be handed on. */
export interface DueCallback {
  readonly key: string;
  /** The caller's own `callback_url`. */
  readonly target: string;
  /** Of the generation; undefined when its answer never came. */
  readonly taskId: TaskId | undefined;
  readonly body: Uint8Array;
  readonly mediaType: string;
  readonly attempts: number;
  readonly receivedAtMs: number;
}

export interface CallbackStats {
  /** The upstream has not called yet. */
  readonly waiting: number;
  readonly undelivered: number;
  readonly delivered: number;
  readonly givenUp: number;
  /** Of those that are undelivered or given up, one of the reasons. */
  readonly lastError: string | undefined;
}

/** A token that callers may present, beside those of the settings. */
export interface AccessToken {
  readonly name: string;
  /** SHA-256 of the token, lower-case hex. The token itself is stored nowhere. */
  readonly hash: string;
  /** Undefined: it shows everything. */
  readonly limits: TaskLimits | undefined;
  readonly isReadOnly: boolean;
  readonly createdAtMs: number;
  /** Undefined while it is valid. */
  readonly revokedAtMs: number | undefined;
}

export interface Store {
  /** One stored document. The hot path. */
  get(id: TaskId): MaybePromise<StoredTask | undefined>;
  /** Stored documents in the order asked, each once; unknown ids are left out. */
  getMany(ids: readonly TaskId[]): MaybePromise<StoredTask[]>;
  /** The finished ones of the ids, as one text: the hot path of batches. An id given twice counts twice. */
  joinFinished(ids: readonly TaskId[]): MaybePromise<JoinedTasks>;
  /** Stores what one request brought, in one transaction. A finished task is never replaced. */
  putBatch(batch: Batch): MaybePromise<BatchResult>;
  /**
   * Remembers a task of which only the request is known (see `requestedTask`), and tracks it. It is found by a search at
   * once, but it is no document: everything else leaves it out until the upstream's own text takes its place. No effect on
   * a task that is stored or was removed.
   */
  expectTask(task: TaskDocument, times: { nowMs: number; dueAtMs: number }): MaybePromise<void>;
  /** Removes a document, its search row, its tracking, and the archived images that no other task has. */
  remove(id: TaskId): MaybePromise<Removal>;
  /** The history list: newest first. */
  list(filter: TaskFilter, page: { limit: number; offset: number }): MaybePromise<ListPage>;
  /** Every document text, oldest first, a page at a time. */
  stream(): AsyncIterable<readonly StoredTask[]>;
  search(request: SearchRequest): MaybePromise<SearchPage>;
  facets(request: FacetRequest): MaybePromise<Facets>;
  /**
   * The most used words that begin with these folded letters. Within limits, those of the visible prompts, of which the
   * newest are looked at (SUGGESTING_PROMPTS).
   */
  suggest(beginning: string, limit: number, within?: TaskLimits): MaybePromise<WordUse[]>;

  /** Takes images that are due, the last added first, because their links live longest; no one else gets them for `leaseMs`. */
  claimImages(request: { nowMs: number; limit: number; leaseMs: number }): MaybePromise<WantedImage[]>;
  /** The file of a wanted image is in the archive. False when the task was removed meanwhile. */
  archiveImage(
    wanted: Pick<WantedImage, 'taskId' | 'n'>,
    image: ArchivedImage,
    nowMs: number,
  ): MaybePromise<boolean>;
  /** @param failure when to try again (undefined gives it up), and why */
  failImage(
    wanted: Pick<WantedImage, 'taskId' | 'n'>,
    failure: { dueAtMs: number | undefined; error: string },
  ): MaybePromise<void>;
  /** Within limits, one that a visible task has. */
  image(sha256: string, within?: TaskLimits): MaybePromise<ArchivedImage | undefined>;
  /** Archived images behind this hash, in the order of their hashes, a page at a time; empty at the end. */
  archivedImages(after: string): MaybePromise<ArchivedImage[]>;
  /** Fetches an archived image again, for instance because its file is damaged. */
  wantImageAgain(sha256: string, nowMs: number): MaybePromise<void>;
  imagesOf(ids: readonly TaskId[]): MaybePromise<TaskImage[]>;
  imageStats(): MaybePromise<ImageStats>;
  /** Images that failed, the last tried first. */
  failingImages(limit: number): MaybePromise<FailingImage[]>;

  /** The upstream was given an address with this key; what it posts there is owed to `target`, where there is one. */
  addCallback(callback: { key: string; target: string | undefined; nowMs: number }): MaybePromise<void>;
  /** The task that the upstream will call about. */
  setCallbackTask(key: string, taskId: TaskId): MaybePromise<void>;
  /** What is known of a key; undefined for one that was never given. */
  callback(key: string): MaybePromise<{ taskId: TaskId | undefined } | undefined>;
  /** The upstream called. False for a second call, which changes nothing. */
  receiveCallback(
    key: string,
    received: { body: Uint8Array; mediaType: string; nowMs: number },
  ): MaybePromise<boolean>;
  /** Takes callbacks that are to be handed on, longest due first; no one else gets them for `leaseMs`. */
  claimCallbacks(request: { nowMs: number; limit: number; leaseMs: number }): MaybePromise<DueCallback[]>;
  settleCallback(
    key: string,
    end: { deliveredAtMs: number } | { dueAtMs: number | undefined; error: string },
  ): MaybePromise<void>;
  callbackStats(): MaybePromise<CallbackStats>;

  /** The user and application ids of the stored documents, some of them where there are many. */
  accounts(): MaybePromise<{ userIds: string[]; applicationIds: string[] }>;
  /** A named text that survives a restart. */
  bookmark(name: string): MaybePromise<string | undefined>;
  setBookmark(name: string, text: string): MaybePromise<void>;

  /** A number for the next upstream request; rises across restarts. */
  nextRequestSeq(): MaybePromise<number>;

  /** Makes a part of the search index anew, after its preparation has changed. Undefined once it is whole. */
  reindexSome(): MaybePromise<{ readonly tasksLeft: number } | undefined>;

  /** Remembers ids, due at once. */
  track(ids: readonly TaskId[], nowMs: number): MaybePromise<TrackResult>;
  /** Stops refreshing; the document stays. False when it was not tracked. */
  untrack(id: TaskId): MaybePromise<boolean>;
  /** Within limits, those whose documents are stored and visible. */
  tracked(page: {
    limit: number;
    offset: number;
    within?: TaskLimits | undefined;
  }): MaybePromise<{ items: TrackedId[]; total: number }>;
  /** Takes up to `limit` ids that were due at `dueBeforeMs`, longest due first, for `leaseMs` from `nowMs` on. */
  claimDue(request: {
    dueBeforeMs: number;
    nowMs: number;
    limit: number;
    leaseMs: number;
  }): MaybePromise<Claim[]>;
  /** Gives claims back untouched, but for when they are due, where that is given. */
  release(claims: readonly Claim[], options?: { dueAtMs?: number }): MaybePromise<void>;
  /** How many ids are due. */
  countDue(nowMs: number): MaybePromise<number>;

  startRun(run: { trigger: RunTrigger; startedAtMs: number }): MaybePromise<number>;
  endRun(
    id: number,
    end: { endedAtMs: number; outcome: RunOutcome; counts: RunCounts; error?: string },
  ): MaybePromise<void>;
  /** Newest first. */
  runs(limit: number): MaybePromise<Run[]>;

  block(block: Block): MaybePromise<void>;
  unblock(): MaybePromise<void>;
  blocked(): MaybePromise<Block | undefined>;

  /** False when there is one of this name already, revoked or not. */
  addAccessToken(token: AccessToken): MaybePromise<boolean>;
  /** All there ever were, oldest first. */
  accessTokens(): MaybePromise<AccessToken[]>;
  /** It stays in the list. False when no valid one has this name. */
  revokeAccessToken(name: string, nowMs: number): MaybePromise<boolean>;
  /** Whether there ever was a token, also one that is lost: then every caller needs one. */
  isClosed(): MaybePromise<boolean>;

  /** Why the disk takes no writes just now, for people; undefined when it does. Looks, and tries where a write failed. */
  writeTrouble(): MaybePromise<string | undefined>;
  /** That the stored data is damaged, for people; undefined while nothing that was read or written showed it. */
  damage(): MaybePromise<string | undefined>;
  /** Somebody else who reads the same data ran into this. */
  noteError(error: unknown): void;
  stats(nowMs: number): MaybePromise<Stats>;
  /** Compares every document with its hash, and the search index with the documents. */
  audit(): MaybePromise<AuditFinding[]>;
  close(): MaybePromise<void>;
}
