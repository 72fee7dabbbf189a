/** A client that makes collections and arranges them, and writes down what it was told is done. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { ClientParts } from './clients.ts';
import type { CollectionState } from './ledger.ts';
import { WrongAnswer } from './wrong-answer.ts';

/** Of one collection. */
const CHANGES = 10;
const MAX_ADDED = 6;
/** Every second one of the first stays, the later ones go: a mirror has a thousand at most. */
const KEPT_OF = 500;

interface Request {
  readonly method: string;
  /** Below that of the collection. */
  readonly path: string;
  readonly body?: object;
  /** What the collection is after it. */
  readonly next: CollectionState;
}

/** Makes a collection, changes its tasks, their order and its link, one after the other, and deletes some. */
export async function arrangeCollection(parts: ClientParts): Promise<void> {
  const { ledger, random, signal } = parts;
  const stored = [...ledger.documents.keys()];
  if (stored.length < MAX_ADDED) {
    await setTimeout(20, undefined, { signal });
    return;
  }
  const name = randomUUID();
  let state: CollectionState = { tasks: [], link: null };
  ledger.arranged(name, 'absent', state);
  const { id } = await send(parts, 'POST', '', { name });
  ledger.arranged(name, state);
  for (let step = 0; step < CHANGES; step += 1) {
    const { method, path, body, next } = chooseRequest(state, stored, random);
    ledger.arranged(name, state, next);
    const { link } = await send(parts, method, `/${id}${path}`, body);
    state = { ...next, link: next.link === undefined ? readKey(link) : next.link };
    ledger.arranged(name, state);
  }
  const made = ledger.collections.size;
  if (made < KEPT_OF && made % 2 === 1) return;
  ledger.arranged(name, state, 'absent');
  await send(parts, 'DELETE', `/${id}`);
  ledger.arranged(name, 'absent');
}

function chooseRequest(
  { tasks, link }: CollectionState,
  stored: readonly string[],
  random: () => number,
): Request {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
  const kind = random();
  if (tasks.length < 3 || kind < 0.3) {
    const at = Math.floor(random() * stored.length);
    const ids = stored.slice(at, at + MAX_ADDED);
    const added = ids.filter((id) => !tasks.includes(id));
    return { method: 'POST', path: '/tasks', body: { ids }, next: { tasks: [...tasks, ...added], link } };
  }
  const one = pick(tasks);
  const rest = tasks.filter((id) => id !== one);
  if (kind < 0.6) {
    const before = pick(rest);
    const to = rest.indexOf(before);
    const next = { tasks: [...rest.slice(0, to), one, ...rest.slice(to)], link };
    return { method: 'POST', path: '/tasks', body: { ids: [one], before }, next };
  }
  if (kind < 0.7)
    return { method: 'POST', path: '/remove', body: { ids: [one] }, next: { tasks: rest, link } };
  if (link === null || kind < 0.85)
    return { method: 'PUT', path: '/link', body: { renew: true }, next: { tasks, link: undefined } };
  return { method: 'DELETE', path: '/link', next: { tasks, link: null } };
}

interface Answer {
  readonly id?: string;
  readonly link?: { readonly url: string } | null;
}

/** @throws WrongAnswer for an error of the client; Error when the server is dead */
async function send({ request }: ClientParts, method: string, path: string, body?: object): Promise<Answer> {
  const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
  const answer = await request(`/api/collections${path}`, init);
  const text = await answer.text();
  if (answer.ok) return text === '' ? {} : (JSON.parse(text) as Answer);
  if (answer.status < 500) throw new WrongAnswer(`${method} ${path}: ${answer.status} ${text}`);
  throw new Error(text);
}

function readKey(link: Answer['link']): string {
  const [, key] = /\/shared\/(.+)$/.exec(link?.url ?? '') ?? [];
  if (key === undefined) throw new WrongAnswer('a shared collection has no link');
  return key;
}
