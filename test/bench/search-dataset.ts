/** Fills a data directory with tasks made of real prompts: repeated and varied, over two years, growing in number. */
import { systemClock } from '../../src/lib/clock.ts';
import { createSeededRandom, generateId } from '../../src/simulator/random.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { parseDocument, type TaskDocument } from '../../src/task/document.ts';

const START = Date.UTC(2024, 7, 1);
const SPAN_MS = 830 * 86_400_000;
const MODELS = ['flux-dev', 'flux-pro', 'flux-pro-1.1', 'flux-kontext-pro', 'flux-2-max'];
const SIZES = ['1024x1024', '16:9', '9:16', '768x1344'];
const STYLES = ['oil painting', 'film grain', 'wide angle', 'soft light', 'close-up', '水墨画风格', '特写'];
const BATCH = 500;
/** What a variation adds to a prompt. */
const VARIATION = new RegExp(`, (?:${STYLES.join('|')}) \\d+$`);

/** @returns how long storing took, without making the documents */
export async function fillWithPrompts(
  dataDir: string,
  prompts: readonly string[],
  count: number,
): Promise<{ seconds: number }> {
  const store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  const filled = await fillStore(store, prompts, count);
  await store.close();
  return filled;
}

/** The same for an open store of any engine. */
export async function fillStore(
  store: Store,
  prompts: readonly string[],
  count: number,
): Promise<{ seconds: number }> {
  const random = createSeededRandom(11);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const createTask = (at: number) => {
    const id = generateId(random);
    const base = pick(prompts);
    const prompt = random() < 0.4 ? base : `${base}, ${pick(STYLES)} ${Math.floor(random() * 50)}`;
    const created_at = (START + SPAN_MS * Math.sqrt(at / count)) / 1000;
    const response = {
      success: true,
      data: [{ prompt, image_url: `https://img.example/${id}.png`, seed: 1 }],
    };
    const request = { action: 'generate', model: pick(MODELS), size: pick(SIZES), prompt };
    return parseDocument(JSON.stringify({ id, created_at, request, response }), START);
  };
  return { seconds: await storeTasks(store, count, createTask) };
}

/** One task per prompt, evenly over the time. */
export async function storeEachPrompt(dataDir: string, prompts: readonly string[]): Promise<void> {
  const random = createSeededRandom(13);
  const store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  await storeTasks(store, prompts.length, (at) => {
    const created_at = (START + (SPAN_MS * at) / prompts.length) / 1000;
    const request = { action: 'generate', prompt: prompts[at] };
    const response = { success: true, data: [] };
    return parseDocument(JSON.stringify({ id: generateId(random), created_at, request, response }), START);
  });
  await store.close();
}

/** The prompt that was varied. */
export function findOriginal(prompt: string): string {
  return prompt.replace(VARIATION, '');
}

/** @returns the seconds that storing took, without making the documents */
async function storeTasks(
  store: Store,
  count: number,
  createTask: (at: number) => TaskDocument,
): Promise<number> {
  let elapsed = 0;
  for (let at = 0; at < count; at += BATCH) {
    const documents = Array.from({ length: Math.min(BATCH, count - at) }, (_, offset) =>
      createTask(at + offset),
    );
    const requestSeq = await store.nextRequestSeq();
    const started = performance.now();
    await store.storeDocuments({ documents, requestSeq, fetchedAtMs: START });
    elapsed += performance.now() - started;
  }
  await mergeIndex(store);
  return elapsed / 1000;
}

/** Merges the search index, as a server does in the background. */
export async function mergeIndex(store: Store): Promise<void> {
  while (await store.mergeIndexSome());
}
