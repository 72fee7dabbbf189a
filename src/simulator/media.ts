/** The files of finished tasks, made when they are fetched: tiny ones that differ by name, or scenes that fit their prompts. */
import { tryParseJson } from '../lib/parse-json.ts';
import { tryParseUrl } from '../lib/parse-url.ts';
import type { Account } from './account.ts';
import { createMp4 } from './mp4.ts';
import { createPng } from './png.ts';
import type { SimulatedImage } from './scenes/draw-scene.ts';
import { parsePixelSize } from './size.ts';

export interface MediaFile {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface Media {
  /** @returns undefined if it is no path of a generated file */
  read(path: string): Promise<MediaFile | undefined>;
}

const IMAGE_PATH = /^\/images\/([\w-]+)\.png$/;
const VIDEO_PATH = /^\/videos\/([\w-]+)\.mp4$/;
const SIZE_IN_NAME = /_(\d+x\d+)$/;

/** @param hasScenes whether to draw scenes, which takes some 30 ms each */
export function createMedia(account: Pick<Account, 'get'>, hasScenes: boolean): Media {
  const readRequest = (name: string) => {
    const [id = ''] = name.split('_');
    const document = tryParseJson(account.get(id)?.text() ?? '') as
      | { request?: { prompt?: string; image_url?: string } }
      | undefined;
    return document?.request;
  };

  /** An edited image shows what it did before, in other colours. */
  const describe = (name: string): Pick<SimulatedImage, 'subject' | 'prompt' | 'name'> => {
    const { prompt = name, image_url = '' } = readRequest(name) ?? {};
    const [, source] = IMAGE_PATH.exec(tryParseUrl(image_url)?.pathname ?? '') ?? [];
    return { subject: (source && readRequest(source)?.prompt) ?? prompt, prompt, name };
  };

  const makeImage = async (path: string, name: string): Promise<Buffer> => {
    const size = parsePixelSize(SIZE_IN_NAME.exec(name)?.[1]);
    if (!hasScenes) return createPng(path, size);
    const { drawScene } = await import('./scenes/draw-scene.ts');
    return drawScene({ ...describe(name), ...size });
  };

  const makeVideo = async (path: string, name: string): Promise<MediaFile> => {
    if (!hasScenes) return { mediaType: 'video/mp4', bytes: createMp4(path) };
    const { drawFilm } = await import('./scenes/draw-film.ts');
    return { mediaType: 'video/webm', bytes: await drawFilm(describe(name)) };
  };

  return {
    read: async (path) => {
      const [, image] = IMAGE_PATH.exec(path) ?? [];
      if (image !== undefined) return { mediaType: 'image/png', bytes: await makeImage(path, image) };
      const [, video] = VIDEO_PATH.exec(path) ?? [];
      return video === undefined ? undefined : makeVideo(path, video);
    },
  };
}
