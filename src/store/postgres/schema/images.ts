/** The tables of images and videos ("images" for short). */
import { sql } from 'drizzle-orm';
import { index, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core';
import { bytes, integer, text } from './columns.ts';

/** Every image of a succeeded task, by its number (see src/task/image-number.ts): archived, queued, or given up. */
export const taskImages = pgTable(
  'task_images',
  {
    /** `arrival` of the task. It goes with it by a trigger: a foreign key would look up each task that is stored once more. */
    task: integer('task').notNull(),
    n: integer('n').notNull(),
    /** Set when archived. */
    sha256: text('sha256'),
    addedAt: integer('added_at').notNull(),
    /** When to fetch it; null = archived, or given up. */
    dueAt: integer('due_at'),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    /** First 8 bytes of the SHA-256 of its link: finds the task of a link. */
    linkHash: bytes('link_hash').notNull(),
    /** Its width to its height as one byte (see src/task/ratio.ts); null until it is archived. */
    ratio: smallint('ratio'),
  },
  (table) => [
    primaryKey({ columns: [table.task, table.n] }),
    // In the order in which they are claimed: untried ones, and then the latest.
    index('task_images_due')
      .on(sql`(${table.attempts} > 0)`, table.dueAt.desc().nullsFirst())
      .where(sql`${table.dueAt} IS NOT NULL`),
    index('task_images_sha256').on(table.sha256).where(sql`${table.sha256} IS NOT NULL`),
    index('task_images_failed').on(table.lastError).where(sql`${table.lastError} IS NOT NULL`),
    index('task_images_link').on(table.linkHash),
  ],
);

/** Every archived image, by the SHA-256 of its bytes in lower-case hex. */
export const images = pgTable(
  'images',
  {
    sha256: text('sha256').primaryKey(),
    /** Detected from the content: `image/png` … */
    mediaType: text('media_type').notNull(),
    bytes: integer('bytes').notNull(),
    /** Pixels as displayed; for a video, those in its task document. */
    width: integer('width'),
    height: integer('height'),
    /** A placeholder of about 25 bytes; null for a video. */
    thumbhash: bytes('thumbhash'),
    archivedAt: integer('archived_at').notNull(),
    /** When its file was found to be missing or damaged; null while it is there. */
    missingSince: integer('missing_since'),
  },
  (table) => [index('images_missing').on(table.sha256).where(sql`${table.missingSince} IS NOT NULL`)],
);

/** Images that no task has, whose bytes may be stored: about to be archived, or to be removed if no task gets them. */
export const unusedImages = pgTable(
  'unused_images',
  {
    sha256: text('sha256').primaryKey(),
    mediaType: text('media_type').notNull(),
    since: integer('since').notNull(),
    /** While its bytes are being removed, until when. */
    removingUntil: integer('removing_until').notNull().default(0),
  },
  (table) => [index('unused_images_since').on(table.since)],
);
