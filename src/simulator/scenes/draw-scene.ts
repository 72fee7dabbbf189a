/** Simulated images that are worth looking at: flat scenes, the same for the same prompt and name. */
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { createSeededRandom } from '../random.ts';
import type { PixelSize } from '../size.ts';
import { drawAurora, drawBokeh, drawMountains, drawSea } from './landscapes.ts';
import { PALETTES, type Palette } from './palettes.ts';
import { drawArches, drawCat, drawFlower, drawVase } from './subjects.ts';
import type { Canvas } from './svg.ts';

type DrawScene = (canvas: Canvas) => string;

export interface SimulatedImage extends PixelSize {
  /** Decides what is drawn. */
  readonly subject: string;
  /** Decides, with the subject, in which colours. */
  readonly prompt: string;
  /** Makes images of one prompt differ a little. */
  readonly name: string;
}

/** Scenes by the words of prompts, so that a search finds what it names. */
const SCENES_BY_WORD: readonly (readonly [RegExp, DrawScene])[] = [
  [/\bcats?\b|kitten|\bgato|katze|猫|고양이/iu, drawCat],
  [/flower|orchid|botanical|bloom|petal|garden|flores|花|桜|樱/iu, drawFlower],
  [/still life|vase|jug|teapot|coffee|bread|product/iu, drawVase],
  [/mountain|alps|hut|canyon|viaduct|schnee|雪山|山水/iu, drawMountains],
  [/night|star|milky|saturn|jupiter|aurora|neon|夜|飞天/iu, drawAurora],
  [/sea|beach|whale|fisher|lighthouse|archipelago|harbour|乌篷船/iu, drawSea],
  [/hall|library|window|street|alley|door|bakery|한옥|路地/iu, drawArches],
];
const SCENES: readonly [DrawScene, ...DrawScene[]] = [
  drawMountains,
  drawBokeh,
  drawVase,
  drawAurora,
  drawFlower,
  drawSea,
  drawArches,
];
/** PNG compression of 0 to 9: flat areas are small anyway, and higher levels take twice the time. */
const COMPRESSION = 4;

export function drawScene(image: SimulatedImage): Promise<Buffer> {
  return sharp(Buffer.from(createSceneSvg(image)))
    .removeAlpha()
    .png({ compressionLevel: COMPRESSION })
    .toBuffer();
}

export function createSceneSvg({ subject, prompt, name, width, height }: SimulatedImage): string {
  const random = createSeededRandom(crc32(`${prompt}\n${name}`));
  const draw = chooseScene(subject);
  const palette = choosePalette(draw, prompt);
  const body = draw({ width, height, unit: Math.min(width, height) / 100, palette, random });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`;
}

function chooseScene(subject: string): DrawScene {
  const [, byWord] = SCENES_BY_WORD.find(([words]) => words.test(subject)) ?? [];
  return byWord ?? SCENES[crc32(subject) % SCENES.length] ?? SCENES[0];
}

function choosePalette(draw: DrawScene, prompt: string): Palette {
  const palettes = draw === drawAurora ? PALETTES.filter(({ isNight }) => isNight) : PALETTES;
  return palettes[crc32(prompt) % palettes.length] ?? PALETTES[0];
}
