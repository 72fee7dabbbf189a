/** A row of the table of collections. */
import { RANDOM_KEY } from '../../lib/random-key.ts';
import { foldName } from '../../task/entry-name.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import { type Collection, type CollectionChange, MAX_COLLECTION_NOTE } from '../contract/collections.ts';
import { areLimitColumns, type LimitColumns, parseLimits } from './limit-columns.ts';
import { areNameColumns } from './name-columns.ts';

/** The columns of a collection, in the table of any engine. */
export interface CollectionRow extends LimitColumns {
  readonly id: string;
  readonly name: string;
  readonly foldedName: string;
  readonly note: string;
  readonly cover: string | null;
  readonly linkKey: string | null;
  readonly linkShowsPrompts: boolean;
  readonly linkCreatedAt: number | null;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly version: number;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @returns undefined for a row whose limits damage made unreadable: it must not be shown to everybody */
export function parseCollectionRow(row: CollectionRow, taskCount: number): Collection | undefined {
  const readable = parseLimits(row);
  if (!readable) return undefined;
  return {
    id: row.id,
    name: row.name,
    note: row.note,
    limits: readable.limits,
    cover: (row.cover ?? undefined) as TaskId | undefined, // stored as an id
    link:
      row.linkKey === null
        ? undefined
        : {
            key: row.linkKey,
            showsPrompts: row.linkShowsPrompts,
            createdAtMs: row.linkCreatedAt ?? row.changedAt,
          },
    taskCount,
    createdAtMs: row.createdAt,
    changedAtMs: row.changedAt,
    version: row.version,
  };
}

/** The columns that a change writes, without those of its version and time. */
export function encodeCollectionChange(
  { name, note, cover, link }: CollectionChange,
  nowMs: number,
): Partial<CollectionRow> {
  return {
    ...(name === undefined ? {} : { name, foldedName: foldName(name) }),
    ...(note === undefined ? {} : { note }),
    ...(cover === undefined ? {} : { cover }),
    ...(link === undefined
      ? {}
      : {
          linkKey: link?.key ?? null,
          linkShowsPrompts: link?.showsPrompts ?? false,
          linkCreatedAt: link ? nowMs : null,
        }),
  };
}

/** Whether a row of a foreign or damaged database is a collection that this mirror could have stored. */
export function isCollectionRow(row: Readonly<Record<string, unknown>>): boolean {
  const { id, name, folded_name: folded, note, user_ids: users, application_ids: applications } = row;
  return (
    UUID.test(String(id)) &&
    areNameColumns(name, folded) &&
    typeof note === 'string' &&
    note.length <= MAX_COLLECTION_NOTE &&
    areLimitColumns(users, applications) &&
    isNullOr(row.cover, (cover) => parseTaskId(cover) !== undefined) &&
    isNullOr(row.link_key, (key) => RANDOM_KEY.test(String(key))) &&
    isNullOr(row.link_created_at, isTime) &&
    isTime(row.created_at) &&
    isTime(row.changed_at) &&
    isNumber(row.version)
  );
}

/** The same of a row of `collection_tasks`. */
export function isCollectionTaskRow({
  collection,
  task_id: id,
  place,
  added_at: addedAt,
}: Readonly<Record<string, unknown>>): boolean {
  return UUID.test(String(collection)) && parseTaskId(id) !== undefined && isNumber(place) && isTime(addedAt);
}

function isNullOr(value: unknown, test: (value: unknown) => boolean): boolean {
  return value === null || test(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function isTime(value: unknown): boolean {
  return isNumber(value) && !Number.isNaN(new Date(Number(value)).getTime());
}
