/** Fills a data directory with tasks made of real prompts: repeated and varied, over two years, growing in number. */
import { systemClock } from '../../src/lib/clock.ts';
import { createSeededRandom, generateId } from '../../src/simulator/random.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { parseDocument } from '../../src/task/document.ts';

const START = Date.UTC(2024, 7, 1);
const SPAN_MS = 830 * 86_400_000;
const MODELS = ['flux-dev', 'flux-pro', 'flux-pro-1.1', 'flux-kontext-pro', 'flux-2-max'];
const SIZES = ['1024x1024', '16:9', '9:16', '768x1344'];
const STYLES = ['oil painting', 'film grain', 'wide angle', 'soft light', 'close-up', '水墨画风格', '特写'];
const BATCH = 500;

/** @returns how long storing took, without making the documents */
export async function fillWithPrompts(
  dataDir: string,
  prompts: readonly string[],
  count: number,
): Promise<{ seconds: number }> {
  const random = createSeededRandom(11);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  let elapsed = 0;
  for (let at = 0; at < count; at += BATCH) {
    const documents = Array.from({ length: Math.min(BATCH, count - at) }, (_, offset) => {
      const id = generateId(random);
      const base = pick(prompts);
      const prompt = random() < 0.4 ? base : `${base}, ${pick(STYLES)} ${Math.floor(random() * 50)}`;
      const created_at = (START + SPAN_MS * Math.sqrt((at + offset) / count)) / 1000;
      const response = {
        success: true,
        data: [{ prompt, image_url: `https://img.example/${id}.png`, seed: 1 }],
      };
      const request = { action: 'generate', model: pick(MODELS), size: pick(SIZES), prompt };
      return parseDocument(JSON.stringify({ id, created_at, request, response }), START);
    });
    const requestSeq = await store.nextRequestSeq();
    const started = performance.now();
    await store.storeDocuments({ documents, requestSeq, fetchedAtMs: START });
    elapsed += performance.now() - started;
  }
  await store.close();
  return { seconds: elapsed / 1000 };
}
