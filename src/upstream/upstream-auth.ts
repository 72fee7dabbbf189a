/** The token an upstream request is sent with, and its priority. */

/**
 * `interactive` when a caller is waiting: clients retry by themselves, so they get an error at once. `background` for the
 * schedule, which can wait.
 */
export type Priority = 'interactive' | 'background';

export interface UpstreamAuth {
  readonly token: string;
  readonly priority: Priority;
}
