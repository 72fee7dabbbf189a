/** On whose behalf a request is sent, and how urgent it is. */

/**
 * Whether somebody is waiting for the answer. A client retries by itself, so it is told about an error at once; the schedule
 * can wait.
 */
export type Priority = 'interactive' | 'background';

export interface UpstreamAuth {
  readonly token: string;
  readonly priority: Priority;
}
