/** A search hit as a tile of the wall: what is shown of it there, a tenth of the whole hit. */
import { thumbHashToAverageRGBA } from 'thumbhash';
import { cleanField } from '../lib/clean-text.ts';
import { cutText } from '../lib/cut-text.ts';
import type { Query } from '../search/ast.ts';
import { cutAroundMatch } from '../search/excerpt.ts';
import { findHighlights } from '../search/highlights.ts';
import type { TaskImage } from '../store/contract/images.ts';
import type { Hit } from '../store/contract/search.ts';
import type { Store } from '../store/contract/store.ts';
import { readTaskKind } from '../task/artifacts.ts';
import { findFailure } from '../task/failure.ts';
import { findRatioOfSize } from '../task/ratio.ts';
import { createLeafFinder, readMarks, readTask, serializeBase, serializeMatch } from './hit-base.ts';
import type { Tile } from './search-schema.ts';

/** UTF-16 units. */
const MAX_PROMPT_LENGTH = 300;
const MAX_ERROR_LENGTH = 200;
/** Of a thumbhash: shorter ones have no colour. */
const MIN_HASH_LENGTH = 5;

export async function serializeTiles(
  store: Pick<Store, 'imagesOf' | 'marksOf' | 'ratiosOf'>,
  hits: readonly Hit[],
  query: Query,
): Promise<Tile[]> {
  const ids = hits.map(({ task }) => task.id);
  const [images, ratios, marks] = await Promise.all([
    store.imagesOf(ids),
    store.ratiosOf(ids),
    readMarks(store, ids),
  ]);
  const findLeaves = createLeafFinder(query);
  return hits.map((hit) => {
    const { task, group, close } = hit;
    const { document, value } = readTask(task);
    const { text, start, highlights } = cutAroundMatch(
      document.prompt,
      findHighlights(findLeaves(hit), document.prompt),
      MAX_PROMPT_LENGTH,
    );
    return {
      ...serializeBase(task, document),
      prompt: text,
      cut_start: start,
      highlights: [...highlights],
      kind: readTaskKind(value) === 'videos' ? 'video' : 'image',
      images: document.artifactLinks.length,
      ...serializeFirstImage(images.filter(({ taskId }) => taskId === task.id)),
      ratio: ratios.get(task.id) ?? findRatioOfSize(document.size),
      error: task.state === 'failed' ? serializeFailure(findFailure(value)) : null,
      ...(group ? { group: { count: group.count } } : {}),
      ...marks(task.id),
      ...serializeMatch(close),
    };
  });
}

/** @param archived of one task, in order */
function serializeFirstImage(archived: readonly TaskImage[]): Pick<Tile, 'sha256' | 'media_type' | 'color'> {
  const [first] = archived;
  if (!first) return { sha256: null, media_type: null, color: null };
  return { sha256: first.sha256, media_type: first.mediaType, color: findColor(first.thumbhash) };
}

/** The average colour, as `#rrggbb`. */
export function findColor(thumbhash: Uint8Array | undefined): string | null {
  if (!thumbhash || thumbhash.length < MIN_HASH_LENGTH) return null;
  const { r, g, b } = thumbHashToAverageRGBA(thumbhash);
  const hex = [r, g, b].map((share) =>
    Math.round(Math.max(0, Math.min(1, share)) * 255)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${hex.join('')}`;
}

function serializeFailure(reason: string | undefined): string | null {
  return reason === undefined ? null : cutText(cleanField(reason).trim(), MAX_ERROR_LENGTH);
}
