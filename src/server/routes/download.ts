/** `POST /api/download`: a selection, or everything that a search matches, as one file. */
import { Hono } from 'hono';
import { ApiError, createBadRequest } from '../../lib/api-error.ts';
import { formatPeriod, isTimeZone } from '../../search/dates.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import { createSlug } from '../../task/file-name.ts';
import type { Auth } from '../auth/auth.ts';
import { getCallerKey } from '../connections/caller-key.ts';
import { onEnd, watchLoss } from '../connections/hang-up.ts';
import { getPublicUrl } from '../connections/public-url.ts';
import { createSlots } from '../connections/slots.ts';
import { createBodyStream } from '../connections/stream-response.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { formatAttachment } from '../download/content-disposition.ts';
import { formatCsv, formatJsonLines, formatMarks } from '../download/documents.ts';
import { sendWhileValid } from '../download/while-valid.ts';
import { computeZipBytes, generateZip } from '../download/zip.ts';
import { planZip, type ZipSelection } from '../download/zip-plan.ts';
import { readFormBody } from '../form-body.ts';
import { readChoiceParam } from '../query-params.ts';
import { readCollectionSelection } from '../selection/collection-selection.ts';
import { checkCount, countSelected, listTasks, type SelectionDeps } from '../selection/selected-tasks.ts';
import { readSelection, type Selection } from '../selection/selection.ts';
import { createSelectionDeps } from '../selection/selection-deps.ts';

const FORMATS = ['zip', 'jsonl', 'csv', 'marks'] as const;
type Format = (typeof FORMATS)[number];

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  zip: 'application/zip',
  jsonl: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
  marks: 'application/x-ndjson',
};
const EXTENSIONS: Readonly<Record<Format, string>> = {
  ...{ zip: 'zip', jsonl: 'jsonl', csv: 'csv' },
  marks: 'marks.jsonl', // as the command names it
};
/** A download lasts as long as its client takes. */
const MAX_DOWNLOADS = { maxTotal: 32, maxPerCaller: 6 };

/** @param stopping aborted once the server accepts no new work: downloads would last longer than the grace period */
export function createDownloadRoutes(
  deps: ServerDeps,
  { isStillValid }: Pick<Auth, 'isStillValid'>,
  stopping: AbortSignal,
): Hono<ServerEnv> {
  const { log, clock } = deps;
  const slots = createSlots('downloads', MAX_DOWNLOADS);

  return new Hono<ServerEnv>().post('/api/download', async (c) => {
    const { incoming } = c.env;
    const access = c.get('access');
    const free = slots.take(getCallerKey(access.tokenName, incoming));
    onEnd(c.env, free);
    const { fields } = await readFormBody(c);
    const [format = 'zip'] = readChoiceParam(fields, 'as', FORMATS);
    const timeZone = fields.get('tz') || 'UTC';
    if (!isTimeZone(timeZone)) throw createBadRequest('"tz" must be an IANA time zone such as Europe/Berlin');
    const selection =
      (await readCollectionSelection(fields, ['as', 'tz'], { store: deps.store, limits: access.limits })) ??
      readSelection(fields, ['as']);
    const nowMs = clock.now();
    const reading = { ...createSelectionDeps(c, deps, nowMs), ...narrowLimits(selection) };
    if (selection.kind === 'search') checkCount(selection, (await countSelected(selection, reading)).total);
    const signal = watchLoss(c.env, stopping);
    const pages = await prefetch(listDocuments(selection, reading));
    const request = { selection, pages, timeZone, nowMs, signal };
    const { chunks, headers = {} } =
      format === 'zip' ? await createZipBody(deps, request) : createTextBody(c, deps, format, request.pages);
    const name = nameDownload(selection, fields, formatPeriod('day', nowMs, timeZone));
    const sent = sendWhileValid(chunks, () => isStillValid(incoming, access), clock);
    return c.body(createBodyStream(c, sent, { log, signal }), 200, {
      ...headers,
      'content-type': MEDIA_TYPES[format],
      'content-disposition': formatAttachment(`${name}.${EXTENSIONS[format]}`),
      'cache-control': 'no-store',
    });
  });
}

/** Without placeholder tasks, which have no document yet. @throws ApiError 404 if none of the ids is there */
async function* listDocuments(
  selection: Selection,
  deps: SelectionDeps,
): AsyncGenerator<readonly StoredTask[], void> {
  let isAnyThere = false;
  for await (const page of listTasks(selection, deps)) {
    const documents = page.filter(({ fetchedAtMs }) => fetchedAtMs > 0);
    if (documents.length === 0) continue;
    isAnyThere = true;
    yield documents;
  }
  if (selection.kind === 'ids' && !isAnyThere)
    throw new ApiError(404, 'not_found', 'none of these tasks is in the mirror');
}

/** Produces the first of some items at once: what fails then can still be answered by an error. */
async function prefetch<T>(items: AsyncGenerator<T, void>): Promise<AsyncGenerator<T, void>> {
  const first = await items.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* items;
  })();
}

interface Body {
  readonly chunks: AsyncIterable<string | Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
}

interface DownloadRequest {
  readonly selection: Selection;
  readonly pages: AsyncIterable<readonly StoredTask[]>;
  readonly timeZone: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** A collection may show less than its reader may see. */
function narrowLimits(selection: Selection): Pick<SelectionDeps, 'limits'> | undefined {
  const limits = selection.kind === 'ids' ? selection.collection?.limits : undefined;
  return limits && { limits };
}

function listIds(selection: Selection): ZipSelection {
  return selection.kind === 'ids'
    ? { ids: selection.ids, isOrdered: selection.collection !== undefined }
    : { ids: [], isOrdered: false };
}

async function createZipBody(
  { store, archive: { files } }: ServerDeps,
  { selection, pages, timeZone, nowMs, signal }: DownloadRequest,
): Promise<Body> {
  const entries = await planZip(pages, listIds(selection), { store, files, nowMs, timeZone });
  return {
    chunks: generateZip(entries, { store, files, nowMs, signal }),
    headers: { 'content-length': String(computeZipBytes(entries)) },
  };
}

function createTextBody(
  c: ServerContext,
  { config, store }: ServerDeps,
  format: Exclude<Format, 'zip'>,
  pages: AsyncIterable<readonly StoredTask[]>,
): Body {
  if (format === 'jsonl') return { chunks: formatJsonLines(pages) };
  if (format === 'marks') return { chunks: formatMarks(pages, store) };
  return { chunks: formatCsv(pages, store, `${getPublicUrl(config, c.env.incoming)}/images`) };
}

/** `flux-mirror siamese-cat 2026-03-14`. */
function nameDownload(selection: Selection, fields: URLSearchParams, day: string): string {
  const collection = selection.kind === 'ids' ? selection.collection?.name : undefined;
  return ['flux-mirror', createSlug(collection ?? fields.get('q') ?? ''), day]
    .filter((word) => word !== '')
    .join(' ');
}
