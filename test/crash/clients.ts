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
import type { Ledger } from './ledger.ts';
import { WrongAnswer } from './wrong-answer.ts';

export interface ClientParts {
  readonly url: string;
  readonly simulator: Simulator;
  readonly ledger: Ledger;
  readonly dataDir: string;
  /** Takes what webhooks are told. */
  readonly receiverUrl: string;
  readonly scratch: string;
  readonly env: Record<string, string>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Makes tasks that the upstream knows. */
function newTasks({ simulator, random }: ClientParts, count: number): string[] {
  const ids = Array.from({ length: count }, () => randomUUID());
  simulator.seed(ids.map((id) => taskText(id, simulator.url, random)));
  return ids;
}

/** Finished, with an image or with an error. */
function taskText(id: string, imageBase: string, random: () => number): string {
  const prompt = `lighthouse ${Math.floor(random() * 1e6)} in a storm`;
  const createdAt = 1_750_000_000 + Math.floor(random() * 3e7);
  if (random() < 0.7) return documentText({ id, prompt, createdAt, state: 'failed' });
  const data = [{ prompt, image_url: `${imageBase}/images/${id}.png`, seed: 7 }];
  return documentText({ id, prompt, createdAt, more: { response: { success: true, data } } });
}

async function post({ url, signal }: ClientParts, path: string, body: unknown): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
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
  // A run that was going on already may have begun before these ids were tracked, so their documents are read as well.
  if (run.status !== 200 || outcome !== 'done' || failed > 0) return;
  const answer = await post(parts, '/flux/tasks', { action: 'retrieve_batch', ids });
  await answer.text();
  if (isStored(answer)) for (const id of ids) ledger.stored(id, simulator.documentText(id) ?? '');
}

/** Marks tasks that are stored, some of them by the search that finds them; each once. */
async function markTasks(parts: ClientParts): Promise<void> {
  const { ledger, random, signal, url } = parts;
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
    ? await fetch(`${url}/api/tasks/${first}/marks`, {
        method: 'PATCH',
        body: JSON.stringify(marks),
        signal,
      })
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

/** An import beside the server; once it ends well, all of it is acknowledged. */
async function importFile(parts: ClientParts): Promise<void> {
  const { ledger, scratch, dataDir, env, random, signal, simulator } = parts;
  const texts = Array.from({ length: 40 }, () => {
    const id = randomUUID();
    return { id, text: taskText(id, simulator.url, random) };
  });
  const file = join(scratch, `${randomUUID()}.jsonl`);
  await writeFile(file, texts.map(({ text }) => `${text}\n`).join(''));
  await new Promise<void>((resolve, reject) => {
    // It is killed together with the server, in the middle of its work as often as not.
    const options = { env, cwd: scratch, signal, killSignal: 'SIGKILL' as const };
    execFile(process.execPath, [MAIN, 'import', file, '--data-dir', dataDir], options, (error) =>
      error ? reject(error) : resolve(),
    );
  });
  for (const { id, text } of texts) ledger.stored(id, text);
}

/** Works until the signal, which comes with the death of the server. */
export async function runClients(parts: ClientParts): Promise<void> {
  const repeat = async (work: (parts: ClientParts) => Promise<void>) => {
    while (!parts.signal.aborted) {
      try {
        await work(parts);
      } catch (error) {
        if (error instanceof WrongAnswer) throw error;
        return; // the server is dead, and with it this client
      }
    }
  };
  const kinds = [
    readThrough,
    readThrough,
    trackAndSync,
    markTasks,
    watchTasks,
    arrangeCollection,
    ...(parts.random() < 0.3 ? [importFile] : []),
  ];
  await Promise.all(kinds.map(repeat));
}
