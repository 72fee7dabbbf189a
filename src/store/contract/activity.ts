/** How many tasks were made over time, and what they cost. */
import type { TimeUnit } from '../../search/dates.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { TaskFilter } from './tasks.ts';

export interface ActivityRequest extends Pick<TaskFilter, 'fromMs' | 'toMs' | 'within'> {
  /** Length of the periods. */
  readonly by: TimeUnit;
  /** IANA time zone of the periods. */
  readonly timeZone: string;
}

export interface Activity {
  /** When the period starts. */
  readonly fromMs: number;
  readonly count: number;
  /** Millionths of a credit; tasks whose documents tell no cost count as nothing. */
  readonly cost: number;
}

export interface ActivityStore {
  /** In ascending order of time; periods without tasks are omitted. */
  activity(request: ActivityRequest): MaybePromise<Activity[]>;
}
