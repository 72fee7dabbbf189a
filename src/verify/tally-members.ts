/** In how many tasks each member differs: a member that is new in all documents is one line, not one per task. */
import type { ChangedTask } from './finding.ts';

export interface MemberTally {
  /** Its path, with `[]` for any place in an array. */
  readonly member: string;
  readonly tasks: number;
}

export interface MemberCounter {
  add(task: Pick<ChangedTask, 'changes'>): void;
  /** The most frequent first. */
  list(): MemberTally[];
}

/** Documents of others may have any number of names. */
const MAX_MEMBERS = 1000;
const MAX_LISTED = 20;

/** Counts the changes that are listed. */
export function createMemberCounter(): MemberCounter {
  const counts = new Map<string, number>();
  return {
    add: ({ changes }) => {
      for (const member of new Set(changes.map(({ path }) => path.replace(/\[\d+\]/g, '[]')))) {
        const count = counts.get(member);
        if (count !== undefined || counts.size < MAX_MEMBERS) counts.set(member, (count ?? 0) + 1);
      }
    },
    list: () =>
      [...counts]
        .map(([member, tasks]) => ({ member, tasks }))
        .sort((a, b) => b.tasks - a.tasks)
        .slice(0, MAX_LISTED),
  };
}
