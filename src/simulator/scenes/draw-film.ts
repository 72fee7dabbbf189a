/** Simulated videos that can be played: a slow look across a scene. */
import sharp from 'sharp';
import { createWebm } from '../webm.ts';
import { createSceneSvg, type SimulatedImage } from './draw-scene.ts';

/** Pixels; half of what the task document says, which is enough to look at. */
const FRAME = { width: 640, height: 352 } as const;
/** The scene is larger than the frames by this. */
const MARGIN = 1.3;
const SECONDS = 5;
const FRAMES_PER_SECOND = 10;
const QUALITY = 70;

export async function drawFilm(
  subject: Pick<SimulatedImage, 'subject' | 'prompt' | 'name'>,
): Promise<Buffer> {
  const size = { width: Math.round(FRAME.width * MARGIN), height: Math.round(FRAME.height * MARGIN) };
  const svg = createSceneSvg({ ...subject, ...size });
  const { data, info } = await sharp(Buffer.from(svg))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const frames: Buffer[] = [];
  const count = SECONDS * FRAMES_PER_SECOND;
  for (let at = 0; at < count; at += 1) {
    const progress = at / (count - 1);
    frames.push(
      await sharp(data, { raw: info })
        .extract({
          left: Math.round((size.width - FRAME.width) * progress),
          top: Math.round(((size.height - FRAME.height) * (1 - progress)) / 2),
          ...FRAME,
        })
        .webp({ quality: QUALITY, effort: 0 })
        .toBuffer(),
    );
  }
  return createWebm({ ...FRAME, framesPerSecond: FRAMES_PER_SECOND, frames });
}
