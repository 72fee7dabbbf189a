/** Tasks of the simulated account: sample prompts, and the two tasks in the vendor's documentation. */

/** The examples of the vendor's documentation, byte for byte. */
export const VENDOR_DOCUMENTS: readonly [string, string] = [
  '{"_id":"677de81d550a4144a5f4cf62","id":"2db0168c-2373-4367-8d9a-9dc778802e8a","api_id":"deefc5d7-7f22-43e9-929e-f2b6afee60b7","application_id":"001c2f84-2a4a-4c4d-ba3f-8a89f43b5be2","created_at":1736304669.779,"credential_id":"b00bddd3-140f-4343-a9a2-affb312b60de","request":{"action":"generate","size":"1024x1024","prompt":"a white siamese cat"},"trace_id":"6624929c-bb80-40c0-81e8-d96af8405d19","user_id":"ad7afe47-cea9-4cda-980f-2ad8810e51cf","response":{"success":true,"task_id":"2db0168c-2373-4367-8d9a-9dc778802e8a","trace_id":"6624929c-bb80-40c0-81e8-d96af8405d19","data":[{"prompt":"a white siamese cat","image_url":"https://sf-maas-uat-prod.oss-cn-shanghai.aliyuncs.com/outputs/57d9ff7c-5a00-409e-9dcc-90f35b38d16e_0.png","seed":281520112,"timings":{"inference":3.193}}]}}',
  '{"_id":"677de950550a4144a5f52963","id":"72bdd69d-290d-4710-a6d4-60c78968865a","api_id":"deefc5d7-7f22-43e9-929e-f2b6afee60b7","application_id":"001c2f84-2a4a-4c4d-ba3f-8a89f43b5be2","created_at":1736304976.278,"credential_id":"b00bddd3-140f-4343-a9a2-affb312b60de","request":{"action":"generate","size":"1024x1024","prompt":"a white siamese cat"},"trace_id":"1dca4b49-d31d-42e6-83d9-7f0c56f62d31","user_id":"ad7afe47-cea9-4cda-980f-2ad8810e51cf","response":{"success":true,"task_id":"72bdd69d-290d-4710-a6d4-60c78968865a","trace_id":"1dca4b49-d31d-42e6-83d9-7f0c56f62d31","data":[{"prompt":"a white siamese cat","image_url":"https://sf-maas-uat-prod.oss-cn-shanghai.aliyuncs.com/outputs/57b5c7e5-3436-466d-86ed-583ede4a3d7c_0.png","seed":1437672535,"timings":{"inference":3.175}}]}}',
];

/** Their ids, in the same order. */
export const VENDOR_IDS = [
  '2db0168c-2373-4367-8d9a-9dc778802e8a',
  '72bdd69d-290d-4710-a6d4-60c78968865a',
] as const;

export interface SampleTask {
  readonly prompt: string;
  readonly model: string;
  readonly size: string;
}

const PROMPTS = [
  'a tabby cat asleep on a stack of old atlases, window light',
  'two cats watching snow fall from a tram window, watercolour',
  'a cat astronaut floating past Saturn, retro travel poster',
  'portrait of a lighthouse keeper, oil painting, muted palette',
  'isometric bakery at dawn, warm lamps, rain on cobblestones',
  'macro photo of dew on a spider web, shallow depth of field',
  'a red bicycle leaning on a turquoise door in Lisbon',
  'logo for a coffee roaster, a fox and a bean, flat, two colours',
  'an origami crane made of star charts, studio lighting',
  'a quiet library inside a hollow oak, children reading',
  'brutalist concert hall in fog, long exposure, black and white',
  'still life with persimmons and a blue enamel jug',
  'a robot gardener trimming a bonsai, soft morning light',
  'map of an imaginary archipelago, engraved, sepia ink',
  'night market in Taipei, neon reflections, 35mm film grain',
  'a paper-cut fox in a birch forest, layered shadows',
  'concept art of a solar sail ship above Jupiter',
  'close-up of hands kneading bread dough, flour in the air',
  'a mountain hut under the Milky Way, wide angle',
  'children flying kites on a windy beach, impressionist',
  'vintage botanical plate of a passion flower',
  'a glass greenhouse full of orchids, Victorian, mist',
  'an old fisherman mending nets, charcoal drawing',
  'a train crossing a viaduct in autumn, aerial view',
  'cross-section of a beehive city, children’s book style',
  'a whale swimming through clouds above a sleeping town',
  'portrait of a violinist in blue light, double exposure',
  'minimalist poster of the Alps, three shades of green',
  'a teapot shaped like a hedgehog, product photo, white background',
  'stained glass window of a heron at sunrise',
  'cyberpunk alley with a noodle stand, rain, reflections',
  'a corgi wearing a knitted scarf, winter park, bokeh',
  '一只白色的暹罗猫坐在窗台上，午后阳光',
  '水墨画风格的江南小镇，细雨，乌篷船',
  '穿汉服的少女在樱花树下读书，柔和光线',
  '赛博朋克风格的重庆夜景，霓虹灯，雨',
  '一只橘猫在书店里打盹，胶片质感',
  '敦煌壁画风格的飞天，金色与青绿',
  '雪山脚下的木屋，清晨的炊烟，广角',
  '京都の路地裏、雨上がり、提灯の明かり',
  '窓辺で眠る三毛猫、水彩画',
  '桜の下を走る路面電車、アニメ風',
  '서울 한옥 골목의 겨울 풍경, 수채화',
  '창가에 앉은 고양이, 따뜻한 햇살',
  'un gato negro en un tejado de Sevilla al atardecer',
  'mercado de flores en Oaxaca, colores vivos, acuarela',
  'un café parisien sous la pluie, style Toulouse-Lautrec',
  'ein Fachwerkhaus im Schnee, Abendlicht, Aquarell',
] as const;

const STYLES = [
  ', gouache, muted palette',
  ', linocut, two inks on warm paper',
  ', risograph, grain',
  ', flat vector shapes, generous margin',
  ', wide shot, soft haze',
] as const;
const CHINESE_STYLES = ['，极简构图', '，版画质感，两色', '，柔和色调，留白', '，广角，薄雾'] as const;
const STYLED_SHARE = 0.6;

const MODELS = [
  'flux-dev',
  'flux-pro',
  'flux-pro-1.1',
  'flux-pro-1.1-ultra',
  'flux-kontext-pro',
  'flux-2-pro',
] as const;
const SIZES = [
  '1024x1024',
  '768x1024',
  '1024x768',
  '1344x768',
  '768x1344',
  '832x1216',
  '1216x832',
  '1536x640',
  '16:9',
  '3:2',
  '512x512',
] as const;

/** Sample tasks: prompts in turn, random models and sizes. @param random uniform in [0, 1) */
export function sampleTasks(count: number, random: () => number): SampleTask[] {
  return Array.from({ length: count }, (_, at) =>
    createSample(PROMPTS[at % PROMPTS.length] ?? PROMPTS[0], random),
  );
}

/** A sample task with any prompt, often in a style. @param random uniform in [0, 1) */
export function pickSampleTask(random: () => number): SampleTask {
  const prompt = pick(PROMPTS, random);
  const styles = /\p{Script=Han}/u.test(prompt) ? CHINESE_STYLES : STYLES;
  // Kana tell Japanese, which would read a Chinese style as a mistake.
  const canHaveStyle = !/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(prompt);
  const isStyled = canHaveStyle && random() < STYLED_SHARE;
  return createSample(isStyled ? prompt + pick(styles, random) : prompt, random);
}

function createSample(prompt: string, random: () => number): SampleTask {
  return { prompt, model: pick(MODELS, random), size: pick(SIZES, random) };
}

/** One of several values. @param random uniform in [0, 1) */
export function pick<T>(values: readonly [T, ...T[]], random: () => number): T {
  return values[Math.floor(random() * values.length)] ?? values[0];
}
