/** Whose a stored task is. */
import type { TaskOwner } from '../../task/limits.ts';
import type { Sqlite } from './database.ts';

/** @returns a function that reads the owner of a task; of an unknown one, nobody */
export function createOwnerReader({ raw }: Sqlite): (id: string) => TaskOwner {
  const owner = raw.prepare<[string], { userId: string | null; applicationId: string | null }>(
    'SELECT user_id AS userId, application_id AS applicationId FROM tasks WHERE id = ?',
  );
  return (id) => {
    const { userId, applicationId } = owner.get(id) ?? {};
    return { userId: userId ?? undefined, applicationId: applicationId ?? undefined };
  };
}
