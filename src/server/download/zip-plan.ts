/** What a zip will contain. Everything is known before its first byte, so that its size is. */

import PQueue from 'p-queue';
import { getExtension } from '../../archive/formats.ts';
import type { ImageStorage } from '../../archive/image-storage.ts';
import { createBadRequest } from '../../lib/api-error.ts';
import { groupBy } from '../../lib/group-by.ts';
import type { TaskImage } from '../../store/contract/images.ts';
import type { Store } from '../../store/contract/store.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import { listArtifacts } from '../../task/artifacts.ts';
import { readDocument } from '../../task/document.ts';
import type { TaskId } from '../../task/id.ts';
import type { JsonObject } from '../../task/json-object.ts';
import { formatMarksOf } from './documents.ts';
import { createTaskNamer, numberPlaces } from './file-names.ts';

interface PlannedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** When the task was created. */
  readonly lastModified: number;
}

export interface PlannedImage extends PlannedFile {
  readonly kind: 'image';
  readonly image: TaskImage;
}

export interface PlannedDocument extends PlannedFile {
  readonly kind: 'document';
  readonly id: TaskId;
}

export interface PlannedText extends PlannedFile {
  readonly kind: 'text';
  readonly text: string;
}

export type PlannedEntry = PlannedImage | PlannedDocument | PlannedText;

/** About 10 MB of plan; as many images are hard to open in any program. */
export const MAX_ZIP_TASKS = 20_000;
const MARKS_NAME = 'marks.jsonl';
const MISSING_NAME = 'not-included.txt';

export interface ZipPlanDeps {
  readonly store: Pick<Store, 'imagesOf' | 'marksOf' | 'recordMissingImages'>;
  readonly files: Pick<ImageStorage, 'stat'>;
  readonly nowMs: number;
  readonly timeZone: string;
}

/** What was asked for by id: what of it is not there is listed in the zip. */
export interface ZipSelection {
  readonly ids: readonly TaskId[];
  /** Whether the names of files keep the order of the ids. */
  readonly isOrdered: boolean;
}

/**
 * @throws ApiError 400 for too many tasks
 */
export async function planZip(
  pages: AsyncIterable<readonly StoredTask[]>,
  { ids, isOrdered }: ZipSelection,
  deps: ZipPlanDeps,
): Promise<PlannedEntry[]> {
  const nameTask = createTaskNamer(deps.timeZone, isOrdered ? numberPlaces(ids) : undefined);
  const entries: PlannedEntry[] = [];
  const missing: string[] = [];
  // Notes and all, since they may change before they are sent.
  const marks: string[] = [];
  const found = new Set<TaskId>();
  for await (const page of pages) {
    const images = await deps.store.imagesOf(page.map(({ id }) => id));
    const archived = groupBy(images, ({ taskId }) => taskId);
    const complete = await findComplete(images, deps.files);
    for (const task of page) {
      found.add(task.id);
      if (found.size > MAX_ZIP_TASKS)
        throw createBadRequest(`a zip has at most ${MAX_ZIP_TASKS} tasks; download several, by date`);
      const planned = await planTask(
        task,
        { archived: archived.get(task.id) ?? [], complete },
        nameTask,
        deps,
      );
      entries.push(...planned.entries);
      missing.push(...planned.missing);
    }
    marks.push(await formatMarksOf(page, deps.store));
  }
  missing.push(...ids.filter((id) => !found.has(id)).map((id) => `${id}: not in the mirror`));
  const list = missing.map((line) => `${line}\r\n`);
  return [
    ...entries,
    ...planText(MARKS_NAME, marks, deps.nowMs),
    ...planText(MISSING_NAME, list, deps.nowMs),
  ];
}

/** The images of a task that can be sent, and its document. */
async function planTask(
  task: StoredTask,
  { archived, complete }: { archived: readonly TaskImage[]; complete: ReadonlySet<TaskImage> },
  nameTask: ReturnType<typeof createTaskNamer>,
  deps: ZipPlanDeps,
): Promise<{ entries: PlannedEntry[]; missing: string[] }> {
  const { id, text, createdAtMs } = task;
  const value = JSON.parse(text) as JsonObject; // it was parsed as a document before it was stored
  const { prompt } = readDocument(text, value, task.fetchedAtMs);
  const name = nameTask({ id, createdAtMs, prompt });
  const lastModified = Math.min(Math.max(createdAtMs, MIN_ZIP_TIME_MS), MAX_ZIP_TIME_MS);
  const count = Math.max(listArtifacts(value).length, ...archived.map(({ n }) => n + 1));
  const entries: PlannedEntry[] = [];
  const missing: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const image = archived.find((one) => one.n === n);
    if (image && complete.has(image)) {
      const number = count > 1 ? `-${n + 1}` : '';
      const size = image.bytes;
      entries.push({
        ...{ kind: 'image', name: `${name}${number}.${getExtension(image.mediaType)}`, size, lastModified },
        image,
      });
      continue;
    }
    if (image) await deps.store.recordMissingImages([image.sha256], deps.nowMs);
    missing.push(`${id}, image ${n + 1}: ${image ? 'its file is missing or damaged' : 'not in the archive'}`);
  }
  const size = Buffer.byteLength(text);
  entries.push({ kind: 'document', name: `${name}.json`, size, lastModified, id });
  return { entries, missing };
}

/** A zip can't say other times. Its times have no time zone, hence the days between. */
const MIN_ZIP_TIME_MS = Date.UTC(1980, 0, 3);
const MAX_ZIP_TIME_MS = Date.UTC(2107, 11, 29);

/** An object store takes some time for each. */
const CONCURRENCY = 16;

/** Those that are there with their size. They are read as they are sent. */
async function findComplete(
  images: readonly TaskImage[],
  files: ZipPlanDeps['files'],
): Promise<ReadonlySet<TaskImage>> {
  const complete = new Set<TaskImage>();
  const check = async (image: TaskImage) => {
    if ((await files.stat(image))?.bytes === image.bytes) complete.add(image);
  };
  await new PQueue({ concurrency: CONCURRENCY }).addAll(images.map((image) => () => check(image)));
  return complete;
}

/** Nothing if there is no text. */
function planText(name: string, texts: readonly string[], nowMs: number): PlannedText[] {
  const text = texts.join('');
  if (text === '') return [];
  return [{ kind: 'text', name, size: Buffer.byteLength(text), lastModified: nowMs, text }];
}
