/** Made-up tasks for the benchmarks: the vendor's document shape, about 900 bytes, prompts from a small vocabulary. */
import { createSeededRandom, generateHex, generateId } from '../../src/simulator/random.ts';

const WORDS =
  'a the of in with portrait landscape cat dog fox whale lighthouse harbour mountain forest city street market rain snow fog sunset dawn golden blue crimson emerald oil watercolour charcoal ink photo film grain soft light shadow cinematic macro wide angle detailed quiet ancient futuristic glass stone copper silk paper robot sailor violinist gardener child old young smiling sleeping flying above below beside through window door bridge tower train boat bicycle teapot book map star moon river garden'.split(
    ' ',
  );
const CHINESE = [
  '一只白色的暹罗猫',
  '水墨画风格的江南小镇',
  '赛博朋克风格的夜景',
  '雪山脚下的木屋',
  '樱花树下的少女',
];
const MODELS = ['flux-dev', 'flux-pro', 'flux-pro-1.1', 'flux-kontext-pro'];
const START_SECONDS = 1_722_470_400;

export interface BenchDocument {
  readonly id: string;
  readonly text: string;
}

/** `count` finished tasks, oldest first, the same every time. */
export function makeDocuments(count: number): BenchDocument[] {
  return [...generateDocuments(count)];
}

/** The same, one after the other. */
export function* generateDocuments(count: number, seed = 1): Generator<BenchDocument> {
  const random = createSeededRandom(seed);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? '';
  for (let at = 0; at < count; at += 1) {
    const id = generateId(random);
    const trace = generateId(random);
    const words = Array.from({ length: 12 + Math.floor(random() * 8) }, () => pick(WORDS)).join(' ');
    const prompt = random() < 0.2 ? `${pick(CHINESE)}，${words.slice(0, 40)}` : words;
    const text = JSON.stringify({
      _id: generateHex(random, 24),
      id,
      api_id: 'deefc5d7-7f22-43e9-929e-f2b6afee60b7',
      application_id: '001c2f84-2a4a-4c4d-ba3f-8a89f43b5be2',
      created_at: START_SECONDS + at * 60 + Math.floor(random() * 60_000) / 1000,
      credential_id: 'b00bddd3-140f-4343-a9a2-affb312b60de',
      request: { action: 'generate', model: pick(MODELS), size: '1024x1024', prompt },
      trace_id: trace,
      user_id: 'ad7afe47-cea9-4cda-980f-2ad8810e51cf',
      response: {
        success: true,
        task_id: id,
        trace_id: trace,
        data: [
          {
            prompt,
            image_url: `https://platform2.cdn.acedata.cloud/flux/${id}.png`,
            seed: Math.floor(random() * 2 ** 31),
            timings: { inference: 3.193 },
          },
        ],
      },
    });
    yield { id, text };
  }
}
