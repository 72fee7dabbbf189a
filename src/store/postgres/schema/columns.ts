/** The types of columns that this engine needs beside Drizzle's. */
import { bigint, customType } from 'drizzle-orm/pg-core';
import { replaceNul } from '../text-values.ts';

/**
 * Text in the order of its code points, whatever the database's locale: pages, ranges and prefixes would differ from those of
 * JavaScript. It can't hold U+0000 (see text-values.ts).
 */
export const text = customType<{ data: string; driverData: string }>({
  dataType: () => 'text COLLATE "C"',
  toDriver: replaceNul,
});

/** An array of texts in the order of their code points. */
export const textArray = customType<{ data: string[] }>({ dataType: () => 'text[] COLLATE "C"' });

export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** A whole number below 2^53, epoch milliseconds for example. */
export function integer<Name extends string>(name: Name) {
  return bigint(name, { mode: 'number' });
}

/** The key of a table, which rises in the order of arrival. */
export function rowKey<Name extends string>(name: Name) {
  return integer(name).generatedAlwaysAsIdentity().primaryKey();
}
