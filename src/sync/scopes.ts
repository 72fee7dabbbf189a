/** Scopes of the history list: the upstream filters it by user and application ids. */
import type { Store } from '../store/contract/store.ts';

export interface HistoryScope {
  readonly user_id?: string;
  readonly application_id?: string;
}

export interface ScopeSettings {
  readonly userIds: readonly string[];
  readonly applicationIds: readonly string[];
}

/** The ids from the settings, else those of stored documents, else one scope without limits. */
export async function listHistoryScopes(store: Store, settings: ScopeSettings): Promise<HistoryScope[]> {
  const isSet = settings.userIds.length + settings.applicationIds.length > 0;
  const { userIds, applicationIds } = isSet ? settings : await store.accounts();
  if (userIds.length === 0) {
    return applicationIds.length === 0 ? [{}] : applicationIds.map((application_id) => ({ application_id }));
  }
  // A stored user may have several applications; naming the user covers them all.
  if (!isSet || applicationIds.length === 0) return userIds.map((user_id) => ({ user_id }));
  return userIds.flatMap((user_id) => applicationIds.map((application_id) => ({ user_id, application_id })));
}

/** Describes a scope in messages. */
export function formatScope({ user_id, application_id }: HistoryScope): string {
  if (user_id === undefined)
    return application_id === undefined ? 'the account' : `application ${application_id}`;
  return application_id === undefined ? `user ${user_id}` : `user ${user_id}, application ${application_id}`;
}
