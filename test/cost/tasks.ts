/** Fills a data directory with tasks that make searches cost a lot: a large vocabulary, repeated prompts, a few monstrous ones. */
import { createSeededRandom, generateId } from '../../src/simulator/random.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { document } from '../helpers/documents.ts';
import { readPrompts } from '../helpers/prompts.ts';

const BATCH = 500;
const MODELS = ['flux-dev', 'flux-pro', 'flux-2-max'];
const STATES = ['succeeded', 'failed', 'pending'] as const;
/** Of 200 kB each. */
const MONSTERS = ['a ', 'the cat, ', '猫', '\u0301\u0327', '\ufdfa', 'word/'].map((text) =>
  text.repeat(200_000 / Buffer.byteLength(text)),
);

/** @returns the ids of some of them */
export async function fillWithCostlyTasks(store: Store, count: number): Promise<string[]> {
  const random = createSeededRandom(3);
  const prompts = readPrompts();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const makePrompt = (at: number): string => {
    if (at < MONSTERS.length) return MONSTERS[at] as string;
    if (at % 3 === 0) return 'the same prompt, hoping with a light portrait and a running cat';
    return `${pick(prompts)}, w${at.toString(36)} ${pick(['hoping', 'hopeful', 'runs', 'running'])}`;
  };
  const ids: string[] = [];
  for (let at = 0; at < count; at += BATCH) {
    const documents = Array.from({ length: Math.min(BATCH, count - at) }, (_, offset) => {
      const id = generateId(random);
      if ((at + offset) % 40 === 0) ids.push(id);
      return document({
        id,
        prompt: makePrompt(at + offset),
        // Over fifty years, and one far ahead. In order: the index writes a segment whenever one comes too early.
        createdAt: at + offset === count - 1 ? 253_000_000_000 : Math.floor(((at + offset) / count) * 1.7e9),
        state: pick(STATES),
        model: pick(MODELS),
      });
    });
    const requestSeq = await store.nextRequestSeq();
    await store.storeDocuments({ documents, requestSeq, fetchedAtMs: 1_773_400_000_000 });
  }
  return ids;
}
