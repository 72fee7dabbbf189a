/** A feed of a saved search in no particular format: its items, with addresses that work under its key. */
import { createHash } from 'node:crypto';
import { cutText } from '../../lib/cut-text.ts';
import { formatIsoTime } from '../../lib/iso-time.ts';
import type { TaskImage } from '../../store/contract/images.ts';
import type { SavedSearch } from '../../store/contract/saved-searches.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import { readTask } from '../../views/hit-base.ts';
import { createFeedUrl, FEED_PATH } from '../../views/saved-json.ts';

export interface Feed {
  /** `urn:uuid:…` */
  readonly id: string;
  readonly title: string;
  /** Of the gallery, showing the same search. */
  readonly homeUrl: string;
  readonly atomUrl: string;
  readonly jsonUrl: string;
  readonly updated: string;
  readonly items: readonly FeedItem[];
}

export interface FeedItem {
  /** `urn:uuid:…`, the same in every feed. */
  readonly id: string;
  /** Of the gallery. */
  readonly url: string;
  readonly title: string;
  readonly created: string;
  readonly html: string;
  readonly files: readonly FeedFile[];
}

export interface FeedFile {
  readonly url: string;
  /** Small; undefined for a video. */
  readonly thumbnailUrl: string | undefined;
  readonly mediaType: string;
  readonly bytes: number;
}

const MAX_TITLE_LENGTH = 120;
/** UTF-16 units. A prompt may be as long as a book, and a feed has fifty. */
const MAX_PROMPT_LENGTH = 10_000;
const THUMBNAIL_WIDTH = 640;

/**
 * @param images the archived ones of the tasks: links of the vendor expire
 * @param publicUrl of the mirror, without a trailing slash
 */
export function createFeed(
  saved: SavedSearch & { readonly feedKey: string },
  { tasks, images }: { tasks: readonly StoredTask[]; images: readonly TaskImage[] },
  publicUrl: string,
): Feed {
  const { feedKey: key, name, query } = saved;
  const [newest] = tasks;
  return {
    id: `urn:uuid:${saved.id}`,
    title: name,
    homeUrl: `${publicUrl}/?${new URLSearchParams({ q: query })}`,
    atomUrl: createFeedUrl(publicUrl, name, 'atom', key),
    jsonUrl: createFeedUrl(publicUrl, name, 'json', key),
    updated: formatIsoTime(newest?.createdAtMs ?? saved.createdAtMs),
    items: tasks.map((task) => {
      const own = images.filter(({ taskId }) => taskId === task.id);
      return createItem(
        task,
        own.map((image) => createFile(image, publicUrl, key)),
        publicUrl,
      );
    }),
  };
}

function createItem(task: StoredTask, files: readonly FeedFile[], publicUrl: string): FeedItem {
  const { prompt, model, size, action } = readTask(task).document;
  const title = cutText(prompt.replace(/\s+/g, ' ').trim(), MAX_TITLE_LENGTH);
  const details = [model, size, action, ...(task.state === 'succeeded' ? [] : [task.state])];
  return {
    id: createTaskUrn(task.id),
    url: `${publicUrl}/?${new URLSearchParams({ task: task.id })}`,
    title: title === '' ? task.id : title,
    created: formatIsoTime(task.createdAtMs),
    html: [
      ...files.map(createFileHtml),
      ...(prompt === '' ? [] : [`<p>${escapeHtml(cutText(prompt, MAX_PROMPT_LENGTH))}</p>`]),
      `<p>${escapeHtml(details.filter((detail) => detail !== undefined).join(' · '))}</p>`,
    ].join('\n'),
    files,
  };
}

function createFile({ sha256, mediaType, bytes }: TaskImage, publicUrl: string, key: string): FeedFile {
  const url = `${publicUrl}${FEED_PATH}/images/${sha256}?key=${key}`;
  const isImage = mediaType.startsWith('image/');
  return { url, thumbnailUrl: isImage ? `${url}&w=${THUMBNAIL_WIDTH}` : undefined, mediaType, bytes };
}

function createFileHtml({ url, thumbnailUrl }: FeedFile): string {
  const href = escapeHtml(url);
  return thumbnailUrl === undefined
    ? `<p><a href="${href}">video</a></p>`
    : `<p><a href="${href}"><img src="${escapeHtml(thumbnailUrl)}" alt=""></a></p>`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Task ids are UUIDs, as a rule; any other one becomes one by its hash, marked as of version 8 (RFC 9562). */
function createTaskUrn(id: string): string {
  if (UUID.test(id)) return `urn:uuid:${id.toLowerCase()}`;
  const hash = createHash('sha256').update(id).digest('hex');
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`];
  return `urn:uuid:${[...parts, hash.slice(20, 32)].join('-')}`;
}

/** For text and for attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
