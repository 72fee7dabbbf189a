/** The columns of limits, in every table that has some: JSON arrays; empty = not limited. */
import { tryParseJson } from '../../lib/parse-json.ts';
import type { TaskLimits } from '../../task/limits.ts';

export interface LimitColumns {
  readonly userIds: string;
  readonly applicationIds: string;
}

/** Sorted and without duplicates, so that the same limits are the same texts. */
export function serializeLimits(limits: TaskLimits | undefined): LimitColumns {
  const serialize = (values: readonly string[] = []) => JSON.stringify([...new Set(values)].sort());
  return { userIds: serialize(limits?.userIds), applicationIds: serialize(limits?.applicationIds) };
}

/** @returns undefined when damage has made them unreadable: what has them must not be taken for something without limits */
export function parseLimits(columns: LimitColumns): { readonly limits: TaskLimits | undefined } | undefined {
  const userIds = parseList(columns.userIds);
  const applicationIds = parseList(columns.applicationIds);
  if (!userIds || !applicationIds) return undefined;
  return { limits: userIds.length + applicationIds.length > 0 ? { userIds, applicationIds } : undefined };
}

/** A column that holds a list of texts; undefined if damage made it anything else. */
export function parseList(text: string): string[] | undefined {
  const list = tryParseJson(text);
  return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
}

/** Whether the columns of a row of a foreign or damaged database can be read. */
export function areLimitColumns(users: unknown, applications: unknown): boolean {
  return [users, applications].every((list) => parseList(String(list)) !== undefined);
}
