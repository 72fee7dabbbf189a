/** Damage to a mirror that its checks must find: the proof that they can fail. */
import { expect } from 'vitest';
import type { Findings } from './checks.ts';
import type { Ledger } from './ledger.ts';

export interface Damage {
  /** SQL for both engines. */
  readonly statements: readonly string[];
  /** What must be found, as far as the database tells. */
  readonly lost: string;
  readonly untracked: string;
  readonly unmarked: string;
  readonly unsaved: string;
  readonly disordered: readonly string[];
}

/** @param ledger with at least three collections that were left as they are */
export function planDamage(ledger: Ledger): Damage {
  const [lost = ''] = ledger.documents.keys();
  const untracked = [...ledger.trackedIds].find((id) => id !== lost) ?? '';
  const unmarked = [...ledger.marks.keys()].find((id) => id !== lost && id !== untracked) ?? '';
  const [unsaved = ''] = ledger.watchedSearches.keys();
  const [reversed = '', relinked = '', deleted = ''] = [...ledger.collections].flatMap(([name, possible]) =>
    possible.every((state) => state !== 'absent' && state.tasks.length > 2 && state.link !== undefined)
      ? [name]
      : [],
  );
  return {
    ...{ lost, untracked, unmarked, unsaved, disordered: [reversed, relinked, deleted] },
    statements: [
      `DELETE FROM tasks WHERE id IN ('${lost}', '${untracked}')`,
      `DELETE FROM tracked WHERE id = '${untracked}'`,
      `UPDATE marks SET rating = 1 WHERE id = '${unmarked}'`,
      `DELETE FROM webhooks WHERE id = '${ledger.watchedSearches.get(unsaved)?.webhookId}'`,
      `UPDATE collection_tasks SET place = -place
       WHERE collection = (SELECT id FROM collections WHERE name = '${reversed}')`,
      `UPDATE collections SET link_key = '${'x'.repeat(32)}' WHERE name = '${relinked}'`,
      `DELETE FROM collections WHERE name = '${deleted}'`,
    ],
  };
}

/** Fails unless the findings name everything that was damaged, and of what is seldom damaged nothing else. */
export function expectFound(found: Findings, damage: Damage): void {
  expect(found.lost).toContain(damage.lost);
  expect(found.untracked).toContain(damage.untracked);
  expect(found.unmarked).toContain(damage.unmarked);
  expect(found.unsaved).toEqual([damage.unsaved]);
  expect(found.disordered.toSorted()).toEqual(damage.disordered.toSorted());
}
