/** Responses of the search routes: hits, similar prompts, facets, suggestions. */
import * as z from 'zod';
import { marksSchema } from './marks-schema.ts';
import { count, taskId, taskState, text, time } from './schema-values.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const localImageSchema = z.strictObject({
  url: text,
  thumb_url: text,
  sha256,
  media_type: text,
  bytes: count,
  width: count,
  height: count,
  thumbhash: text,
});

export const imageSchema = z.strictObject({ url: text, local: localImageSchema.nullable() });

const localVideoSchema = localImageSchema.pick({ url: true, sha256: true, media_type: true, bytes: true });

const videoSchema = z.strictObject({
  url: text,
  seconds: z.number().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  fps: z.number().nullable(),
  poster_url: text.nullable().meta({ description: 'the picture with which it was asked to begin' }),
  local: localVideoSchema.nullable(),
});

const wordChange = z.strictObject({ from: text, to: text }).readonly();

/** What a hit has in each of its forms. */
const baseShape = {
  id: taskId,
  created_at: time,
  state: taskState,
  action: text.nullable(),
  model: text.nullable(),
  size: text.nullable(),
  highlights: z.array(
    z.tuple([count, count]).readonly().meta({ description: 'UTF-16 offsets into the prompt' }),
  ),
  marks: marksSchema.optional(),
  match: z.enum(['exact', 'close']),
  missing: z.array(text).optional().meta({ description: 'of a close match: words that its prompt lacks' }),
  corrected: z.array(wordChange).optional().meta({ description: 'words that it has in another spelling' }),
  word_form: z.array(wordChange).optional().meta({ description: 'words that it has in another form' }),
};

export const hitSchema = z.strictObject({
  ...baseShape,
  seed: z
    .union([z.number(), z.string().regex(/^-?\d+$/)])
    .nullable()
    .meta({ description: 'digits as text beyond 2^53, where a number would be rounded' }),
  user_id: text.nullable(),
  application_id: text.nullable(),
  prompt: text,
  images: z.array(imageSchema),
  videos: z.array(videoSchema),
  group: z
    .strictObject({
      count,
      tasks: z.array(z.strictObject({ id: taskId, state: taskState, created_at: time })),
    })
    .optional()
    .meta({ description: 'with group=prompt: all tasks of this prompt' }),
});

/** With `fields=tile`. */
export const tileSchema = z.strictObject({
  ...baseShape,
  prompt: z.string().max(300).meta({ description: 'at most 300 UTF-16 units, around the first match' }),
  cut_start: count.meta({ description: 'how many UTF-16 units were cut off before it' }),
  kind: z.enum(['image', 'video']),
  images: count.meta({ description: 'how many images or videos it has' }),
  sha256: sha256.nullable().meta({ description: 'of the first that is archived' }),
  media_type: text.nullable(),
  color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable()
    .meta({ description: 'the average of its pixels' }),
  ratio: z.int().min(0).max(255).meta({ description: 'as in /api/wall/layout' }),
  error: z.string().max(200).nullable().meta({ description: 'why it failed, in the words of the service' }),
  group: z.strictObject({ count }).optional(),
});

const similarHitSchema = z.strictObject({
  ...hitSchema.omit({ match: true, missing: true, corrected: true, word_form: true }).shape,
  similarity: z.number().min(0).max(1).meta({
    description: 'the weight of the words that both prompts have, as a share of the weight of all',
  }),
  shared: z.array(text).max(10).meta({
    description: 'words that both prompts have, the rarest first; the highlights are theirs',
  }),
});

export const understoodSchema = z
  .array(z.strictObject({ text, as: text }).readonly())
  .readonly()
  .meta({
    description:
      'what was read as a date, an id or a link, and how: "from March" as on:2026-03; in quotes it is text',
  });

const counted = { total: count, total_is_exact: z.boolean() };

/** Other queries, offered on the first page. */
const alternativesSchema = z.strictObject({
  did_you_mean: z
    .array(z.strictObject({ query: text, reason: z.enum(['spelling', 'date', 'field']), ...counted }))
    .meta({
      description:
        'other readings that find something: of a word as a month or a model, or in another spelling',
    }),
  without: z
    .array(z.strictObject({ part: text, query: text, ...counted }))
    .meta({ description: 'when nothing matches exactly: how many tasks do without each part of the query' }),
  values: z
    .array(z.strictObject({ field: text, values: z.array(z.strictObject({ value: text, count })) }))
    .meta({ description: 'when nothing matches: the values that there are of the fields in the query' }),
});

/** `GET /api/search`. */
export const searchPageSchema = z.strictObject({
  items: z.array(hitSchema),
  next_cursor: text.nullable(),
  total: count,
  total_is_exact: z.boolean(),
  ranked: z.enum(['all', 'newest']).nullable(),
  optional_words: z
    .array(text)
    .meta({ description: 'with match=close: words such as "the", which hits need not have' }),
  close_total: count.nullable().meta({
    description: 'how many close matches were weighed; null when the page does not reach them',
  }),
  notes: z.array(text),
  understood: understoodSchema,
  ...alternativesSchema.shape,
  took_ms: z.number(),
});

/** With `fields=tile`. */
const tilePageSchema = z.strictObject({ ...searchPageSchema.shape, items: z.array(tileSchema) });

/** `GET /api/search`, whole or as tiles. */
export const searchAnswerSchema = z.union([searchPageSchema, tilePageSchema]);

export const similarTasksSchema = z.strictObject({
  items: z.array(similarHitSchema),
  weighed: count.meta({ description: 'how many other prompts were compared, at most 1,000' }),
  notes: z.array(text),
  took_ms: z.number(),
});

/** With `fields=tile`. */
const similarTilesSchema = z.strictObject({ ...similarTasksSchema.shape, items: z.array(tileSchema) });

/** `GET /api/tasks/:id/similar`, whole or as tiles. */
export const similarAnswerSchema = z.union([similarTasksSchema, similarTilesSchema]);

/** `GET /api/tasks/:id/same`. */
export const samePromptSchema = z.strictObject({
  items: z.array(tileSchema),
  count: count.meta({ description: 'how many other tasks have this prompt' }),
  took_ms: z.number(),
});

/** When counts were counted. */
export const countedAt = time.meta({
  description: 'earlier than the request if nothing has been stored since, or if counting takes long',
});

const facetCounts = z.array(z.strictObject({ value: text.nullable(), count }));

const facetsSchema = z.strictObject({
  total: count,
  model: facetCounts.optional(),
  size: facetCounts.optional(),
  action: facetCounts.optional(),
  state: facetCounts.optional(),
  tag: facetCounts.max(1000).optional().meta({ description: 'the most frequent ones' }),
  histogram: z
    .strictObject({
      by: z.enum(['day', 'month', 'year']),
      tz: text,
      items: z.array(z.strictObject({ period: text, from: time, count })),
    })
    .optional(),
  counted_at: countedAt,
});

/** `GET /api/facets`. */
export const facetsAnswerSchema = z.strictObject({
  ...facetsSchema.shape,
  notes: z.array(text),
  understood: understoodSchema,
  took_ms: z.number(),
});

/** `GET /api/suggest`. */
export const suggestionsSchema = z.strictObject({
  items: z.array(z.strictObject({ word: text, uses: count, query: text })),
});

export type VideoView = z.output<typeof videoSchema>;
export type ImageView = z.output<typeof imageSchema>;
export type Tile = z.output<typeof tileSchema>;
export type SearchHit = z.output<typeof hitSchema>;
export type SimilarHitView = z.output<typeof similarHitSchema>;
export type SimilarAnswer = z.output<typeof similarAnswerSchema>;
export type SamePromptView = z.output<typeof samePromptSchema>;
export type SearchAlternatives = z.output<typeof alternativesSchema>;
export type SearchPageView = z.output<typeof searchPageSchema>;
/** Of either kind: all items are. */
export type SearchAnswer = Omit<SearchPageView, 'items'> & { items: SearchHit[] | Tile[] };
export type FacetsView = z.output<typeof facetsSchema>;
export type FacetsAnswer = z.output<typeof facetsAnswerSchema>;
export type Suggestions = z.output<typeof suggestionsSchema>;
