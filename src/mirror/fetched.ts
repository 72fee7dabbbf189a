/** What came of fetching an id. */
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import type { UpstreamAnswer, UpstreamError } from '../upstream/errors.ts';

export type Fetched =
  | {
      readonly kind: 'found';
      readonly task: StoredTask;
      readonly stored: boolean;
      /** Headers of the upstream's response that are forwarded to the caller. */
      readonly headers: Readonly<Record<string, string>>;
      /** Whether another server has fetched it. */
      readonly isShared?: boolean;
    }
  | {
      readonly kind: 'unknown';
      /** Undefined when the id was missing from a batch response. */
      readonly answer: UpstreamAnswer | undefined;
      /** Whether the upstream said so a moment ago, and was not asked again. */
      readonly isRemembered?: boolean;
      /** Whether another server has asked. */
      readonly isShared?: boolean;
    };

/** An id whose request failed maps to the error. */
export type FetchResults = Map<TaskId, Fetched | UpstreamError>;
