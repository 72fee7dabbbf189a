/** What the server puts into the status page, and sends again as JSON when the page asks for news. */
import type { PageData } from './page-data.ts';

export interface StatusData extends PageData {
  /** Of the tasks that the token sees; null: they could not be counted. */
  readonly totals: TaskTotals | null;
  /** Tasks that failed today, at least so many; null: not known. */
  readonly failedToday: number | null;
  readonly tracked: { readonly items: readonly TrackedItem[]; readonly total: number } | null;
  /** Pictures that could not be fetched; null: not known. */
  readonly failing: readonly FailingItem[] | null;
  /** Tasks and cost by day, and by month; null: not known. */
  readonly days: PeriodList | null;
  readonly months: PeriodList | null;
  /** Of the whole mirror; null for tokens that are limited to certain tasks, and while the database can't be read. */
  readonly mirror: MirrorStatus | null;
  /** The database could not be read. */
  readonly isUnreadable: boolean;
}

export interface TaskTotals {
  readonly total: number;
  readonly pending: number;
  readonly succeeded: number;
  readonly failed: number;
}

export interface MirrorStatus {
  readonly images: {
    readonly archived: number;
    /** Not fetched yet, or to be tried again. */
    readonly wanted: number;
    readonly given_up: number;
    /** Archived once, and their file is gone. */
    readonly missing: number;
    readonly bytes: number;
    readonly reasons: readonly { readonly error: string; readonly count: number }[];
  };
  readonly database_bytes: number;
  readonly due: number;
  readonly given_up: number;
  readonly callbacks: {
    readonly waiting: number;
    readonly undelivered: number;
    readonly last_error: string | null;
  };
  readonly upstream: {
    readonly state: string;
    readonly until: string | null;
    readonly message: string | null;
    readonly answered_at: string | null;
    readonly failed_at: string | null;
  };
  /** The newest first. */
  readonly runs: readonly RunItem[];
  readonly backup: { readonly at: string | null; readonly error: string | null };
}

export interface RunItem {
  readonly id: number;
  readonly trigger: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly outcome: string;
  readonly finished: number;
  readonly requests: number;
  readonly error: string | null;
}

export interface TrackedItem {
  readonly id: string;
  readonly due_at: string | null;
  readonly given_up: boolean;
  readonly attempts: number;
  readonly unknown_since: string | null;
  readonly last_error: string | null;
  /** Null: not known yet. */
  readonly prompt: string | null;
}

export interface FailingItem {
  readonly id: string;
  /** Which of the pictures of the task, from 0. */
  readonly image: number;
  /** Whether it is one of those that the task was given to work on. */
  readonly is_input?: true | undefined;
  readonly attempts: number;
  /** Null: it is not tried again. */
  readonly next_try: string | null;
  readonly last_error: string;
}

/** `GET /api/stats/days`. */
export interface PeriodList {
  readonly by: 'day' | 'month';
  readonly tz: string;
  readonly items: readonly Period[];
}

export interface Period {
  /** `2026-11-01`, or `2026-11`. */
  readonly period: string;
  readonly count: number;
  /** Credits. */
  readonly cost: number | null;
}
