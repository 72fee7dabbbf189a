/** What clients of several servers do besides those of one: they ask again for what they were told is safe, and generate. */
import { setTimeout as delay } from 'node:timers/promises';
import { type ClientParts, importFile, post } from '../clients.ts';
import { sha256 } from '../ledger.ts';
import { WrongAnswer } from '../wrong-answer.ts';

/** One that was stored, at any server: as the vendor's clients ask, and by its own address. */
export async function readAgain(parts: ClientParts): Promise<void> {
  const { ledger, random, request } = parts;
  const ids = [...ledger.documents.keys()];
  const id = ids[Math.floor(random() * ids.length)];
  if (id === undefined) return;
  const answer = await (random() < 0.5
    ? post(parts, '/flux/tasks', { action: 'retrieve', id })
    : request(`/api/tasks/${id}`));
  const text = await answer.text();
  if (answer.status === 200 && sha256(text) !== ledger.documents.get(id))
    throw new WrongAnswer(`${id} has other bytes`);
}

/** A generation whose answer has come through is known from then on, also if the database was away. */
export async function generateTask(parts: ClientParts): Promise<void> {
  const { ledger, random, signal } = parts;
  const body = { prompt: `a pier ${Math.floor(random() * 1e6)}`, action: 'generate', model: 'flux-dev' };
  const answer = await post(parts, '/flux/images', { ...body, async: true });
  const { task_id: id } = (await answer.json()) as { task_id?: string };
  if (answer.status === 200 && id !== undefined) ledger.tracked([id]);
  await delay(200, undefined, { signal });
}

/** An import now and then: each is a process, which takes a core for a while. */
export async function importNowAndThen(parts: ClientParts): Promise<void> {
  await delay(3000 * parts.random(), undefined, { signal: parts.signal });
  await importFile(parts);
}
