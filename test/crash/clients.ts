/** Clients of a mirror that may die at any moment. Each writes down what it was told is safe. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { MAIN } from '../helpers/cli.ts';
import { documentText } from '../helpers/documents.ts';
import { arrangeCollection } from './collections.ts';
import { type Ledger, sha256 } from './ledger.ts';
import { WrongAnswer } from './wrong-answer.ts';

export interface ClientParts {
  /** Asks the mirror. @throws Error if it does not answer */
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
  /**
   * Waits before the next piece of work, also after one that has failed: another server may answer. Left out: a client ends with its
   * server.
   */
  readonly rest?: () => Promise<void>;
  readonly simulator: Simulator;
  readonly ledger: Ledger;
  /** Takes what webhooks are told. */
  readonly receiverUrl: string;
  readonly scratch: string;
  /** Of an import: it names the mirror. */
  readonly env: Record<string, string>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

export type Work = (parts: ClientParts) => Promise<void>;

const FIRST_CREATED_S = 1_750_000_000;
const CREATED_WITHIN_S = 3e7;

/** Makes tasks that the upstream knows. */
function newTasks({ simulator, random }: ClientParts, count: number): string[] {
  const ids = Array.from({ length: count }, () => randomUUID());
  simulator.seed(ids.map((id) => taskText(id, simulator.url, random)));
  return ids;
}

/** Finished, with an image or with an error. */
function taskText(id: string, imageBase: string, random: () => number): string {
  const prompt = `lighthouse ${Math.floor(random() * 1e6)} in a storm`;
  const createdAt = FIRST_CREATED_S + Math.floor(random() * CREATED_WITHIN_S);
  if (random() < 0.7) return documentText({ id, prompt, createdAt, state: 'failed' });
  const data = [{ prompt, image_url: `${imageBase}/images/${id}.png`, seed: 7 }];
  return documentText({ id, prompt, createdAt, more: { response: { success: true, data } } });
}

export async function post(
  { request }: ClientParts,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function isStored(answer: Response): boolean {
  return answer.status === 200 && /; (hit|stored)/.test(answer.headers.get('cache-status') ?? '');
}

/** Single and batch reads of tasks that the mirror has not seen. */
async function readThrough(parts: ClientParts): Promise<void> {
  const { simulator, ledger, random } = parts;
  const ids = newTasks(parts, random() < 0.5 ? 1 : 10);
  const [first = ''] = ids;
  const answer = await post(
    parts,
    '/flux/tasks',
    ids.length === 1 ? { action: 'retrieve', id: first } : { action: 'retrieve_batch', ids },
  );
  const text = await answer.text(); // throws when it was cut off: then nothing was acknowledged
  if (!isStored(answer)) return;
  for (const id of ids) {
    const document = simulator.documentText(id) ?? '';
    if (!text.includes(document)) throw new WrongAnswer(`the answer lacks ${id}`);
    ledger.stored(id, document);
  }
}

/** Tracks ids, and runs the syncer: a run that is done has stored what was tracked before. */
async function trackAndSync(parts: ClientParts): Promise<void> {
  const { simulator, ledger } = parts;
  const ids = newTasks(parts, 15);
  const tracked = await post(parts, '/api/tracked', { ids });
  await tracked.text();
  if (tracked.status !== 200) return;
  ledger.tracked(ids);
  const run = await post(parts, '/api/sync', {});
  const { outcome, failed } = (await run.json()) as { outcome: string; failed: number };
  // A run that was going on already may have begun before these ids were tracked, so their documents are read as well: here alone,
  // because another server may be asking for them.
  if (run.status !== 200 || outcome !== 'done' || failed > 0) return;
  const here = { 'cache-control': 'only-if-cached' };
  const answer = await post(parts, '/flux/tasks', { action: 'retrieve_batch', ids }, here);
  const text = await answer.text();
  if (!isStored(answer)) return;
  for (const id of ids) {
    const document = simulator.documentText(id) ?? '';
    if (text.includes(document)) ledger.stored(id, document);
  }
}

/** Marks tasks that are stored, some of them by the search that finds them; each once. */
async function markTasks(parts: ClientParts): Promise<void> {
  const { ledger, random, signal, request } = parts;
  const ids = [...ledger.documents.keys()].filter((id) => !ledger.marks.has(id));
  const some = ids.slice(-Math.ceil(random() * 20));
  if (some.length === 0) {
    await setTimeout(20, undefined, { signal });
    return;
  }
  const note = `round ${Math.floor(random() * 1e9)}`;
  const marks = { starred: random() < 0.5, rating: 4, tags: ['crash', note], note, hidden: random() < 0.3 };
  const [first = ''] = some;
  const isSingle = random() < 0.5;
  const answer = isSingle
    ? await request(`/api/tasks/${first}/marks`, { method: 'PATCH', body: JSON.stringify(marks) })
    : await post(parts, '/api/marks', { ids: some, marks });
  const { remaining = 0, not_known = [] } = (await answer.json()) as {
    remaining?: number;
    not_known?: string[];
  };
  if (answer.status !== 200 || remaining > 0) return;
  for (const id of isSingle ? [first] : some)
    if (!not_known.includes(id)) ledger.marked(id, JSON.stringify(marks));
}

const MAX_WATCHED_SEARCHES = 150;

/** Saves a search with a webhook, and reads tasks that it is to be told of. */
async function watchTasks(parts: ClientParts): Promise<void> {
  const { ledger, simulator, signal, receiverUrl } = parts;
  if (ledger.watchedSearches.size >= MAX_WATCHED_SEARCHES) {
    await setTimeout(50, undefined, { signal });
    return;
  }
  const word = `w${randomUUID().replaceAll('-', '')}`;
  const saved = await post(parts, '/api/saved', { name: word, query: word });
  const { id: savedId } = (await saved.json()) as { id: string };
  if (saved.status !== 201) return;
  const added = await post(parts, '/api/webhooks', { url: receiverUrl, saved_search: savedId });
  const { id: webhookId, secret } = (await added.json()) as { id: string; secret: string };
  if (added.status !== 201) return;
  ledger.watched({ savedId, webhookId, word, secret });
  for (const id of [randomUUID(), randomUUID()]) {
    const createdAt = Date.now() / 1000 + 1;
    simulator.seed([documentText({ id, prompt: `a ${word}`, createdAt, state: 'failed' })]);
    const answer = await post(parts, '/flux/tasks', { action: 'retrieve', id });
    await answer.text();
    if (isStored(answer)) ledger.expectsMessage(word, id);
  }
}

/** Looks at images that were archived lately, and again at some that were served before. */
async function readImages({ ledger, random, request, signal }: ClientParts): Promise<void> {
  const again = [...ledger.images].filter(() => random() < 5 / ledger.images.size);
  // From any day on: the newest are soon known.
  const from = new Date((FIRST_CREATED_S + random() * CREATED_WITHIN_S) * 1000).toISOString().slice(0, 10);
  const query = `from=${from}&sort=oldest&state=succeeded&fields=tile&limit=50`;
  const found = await request(`/api/search?${query}`);
  const { items = [] } = (await found.json()) as { items?: { sha256: string | null }[] };
  const fresh = items.flatMap(({ sha256: hash }) => hash ?? []).filter((hash) => !ledger.images.has(hash));
  for (const hash of [...again, ...fresh.slice(0, 10)]) {
    const answer = await request(`/images/${hash}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.status !== 200) continue;
    if (sha256(bytes) !== hash) throw new WrongAnswer(`the image ${hash} has other bytes`);
    ledger.served(hash);
  }
  await setTimeout(100, undefined, { signal });
}

/** An import beside the server; once it ends well, all of it is acknowledged. */
export async function importFile(parts: ClientParts): Promise<void> {
  const { ledger, scratch, env, random, signal, simulator } = parts;
  const texts = Array.from({ length: 40 }, () => {
    const id = randomUUID();
    return { id, text: taskText(id, simulator.url, random) };
  });
  const file = join(scratch, `${randomUUID()}.jsonl`);
  await writeFile(file, texts.map(({ text }) => `${text}\n`).join(''));
  await new Promise<void>((resolve, reject) => {
    // It is killed together with the server, in the middle of its work as often as not.
    const options = { env, cwd: scratch, signal, killSignal: 'SIGKILL' as const };
    execFile(process.execPath, [MAIN, 'import', file], options, (error) =>
      error ? reject(error) : resolve(),
    );
  });
  for (const { id, text } of texts) ledger.stored(id, text);
}

/** Works until the signal, which comes with the death of the server. @param more what is done besides */
export async function runClients(parts: ClientParts, more: readonly Work[] = []): Promise<void> {
  const { rest, signal } = parts;
  const repeat = async (work: Work) => {
    while (!signal.aborted) {
      try {
        await work(parts);
        await rest?.();
      } catch (error) {
        if (error instanceof WrongAnswer) throw error;
        if (!rest) return; // the server is dead, and with it this client
        await rest().catch(() => undefined); // the signal
      }
    }
  };
  const kinds = [
    ...[readThrough, readThrough, trackAndSync, markTasks],
    ...[watchTasks, arrangeCollection, readImages, ...more],
  ];
  await Promise.all(kinds.map(repeat));
}
