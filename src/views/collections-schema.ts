/** Collections in responses. */
import * as z from 'zod';
import { count, taskId, text, time } from './schema-values.ts';
import { hitSchema, tileSchema } from './search-schema.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const collectionSchema = z.strictObject({
  id: z.uuid(),
  name: text,
  note: text,
  tasks: count.meta({ description: 'also those that are no longer in the mirror' }),
  cover: z
    .strictObject({
      id: taskId,
      sha256: sha256.nullable().meta({ description: 'of its first archived image' }),
      color: text.nullable(),
      is_chosen: z.boolean().meta({ description: 'else it is the first task that has a picture' }),
    })
    .nullable(),
  is_shared: z.boolean().meta({ description: 'whether it has a public link' }),
  link: z
    .strictObject({ url: z.url(), shows_prompts: z.boolean(), created_at: time })
    .nullable()
    .meta({ description: 'the public link; null also for a token that may only read' }),
  created_at: time,
  changed_at: time,
});

export const collectionListSchema = z.strictObject({ items: z.array(collectionSchema) });

/** `GET /api/collections/:id/tasks`. */
export const collectionTasksSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      id: taskId,
      added_at: time,
      task: z
        .union([hitSchema, tileSchema])
        .nullable()
        .meta({ description: 'as in a search; null when it is no longer in the mirror' }),
    }),
  ),
  next_cursor: text.nullable(),
});

const runs = z.array(z.strictObject({ ids: z.array(taskId), before: taskId.nullable() }));

/** `POST /api/collections/:id/tasks`. */
export const placementSchema = z.strictObject({
  added: z.array(taskId),
  moved: count,
  not_known: z.array(taskId),
  before: runs.meta({
    description: 'where the moved ones stood: placed again in this order, they stand there',
  }),
  remaining: count.meta({ description: 'tasks of the selection that are left for the next request' }),
  next_cursor: text.nullable().meta({
    description: 'of a search: sent as `cursor` with `remaining` as `count`, the request goes on from here',
  }),
});

/** `POST /api/collections/:id/remove`. */
export const takingSchema = z.strictObject({
  removed: count,
  before: runs.meta({ description: 'where they stood: placed again in this order, they stand there' }),
});

export type CollectionView = z.output<typeof collectionSchema>;
export type CollectionList = z.output<typeof collectionListSchema>;
export type CollectionTasks = z.output<typeof collectionTasksSchema>;
export type PlacementView = z.output<typeof placementSchema>;
export type TakingView = z.output<typeof takingSchema>;
