/** The images and videos of a task as JSON: their links and archived copies, whose URLs are paths on this server. */
import type { TaskImage } from '../store/contract/images.ts';
import { findStartFrameUrl, listArtifacts, type VideoArtifact } from '../task/artifacts.ts';
import type { JsonObject } from '../task/json-object.ts';
import type { ImageView, VideoView } from './search-schema.ts';

/**
 * @param document the parsed task document
 * @param archived the task's archived files
 * @param prefix of their URLs, without a trailing slash
 */
export function serializeArtifacts(
  document: JsonObject,
  archived: readonly TaskImage[],
  prefix: string,
): { images: ImageView[]; videos: VideoView[] } {
  const images: ImageView[] = [];
  const videos: VideoView[] = [];
  listArtifacts(document).forEach((artifact, at) => {
    const copy = archived.find(({ n }) => n === at);
    if (artifact.kind === 'videos')
      videos.push(serializeVideo(artifact, findStartFrameUrl(document), copy, prefix));
    else images.push({ url: artifact.url, local: copy ? serializeLocalImage(copy, prefix) : null });
  });
  return { images, videos };
}

function serializeVideo(
  { url, seconds, width, height, fps }: VideoArtifact,
  posterUrl: string | undefined,
  copy: TaskImage | undefined,
  prefix: string,
): VideoView {
  return {
    url,
    seconds: seconds ?? null,
    width: width ?? null,
    height: height ?? null,
    fps: fps ?? null,
    poster_url: posterUrl ?? null,
    local: copy ? serializeLocalFile(copy, prefix) : null,
  };
}

/** An archived image. @param prefix of its URLs, without a trailing slash */
export function serializeLocalImage(image: TaskImage, prefix: string): NonNullable<ImageView['local']> {
  const { url, ...file } = serializeLocalFile(image, prefix);
  const { width = 0, height = 0, thumbhash = new Uint8Array() } = image; // every archived image has them
  return {
    url,
    thumb_url: `${prefix}/thumbs/${image.sha256}`,
    ...file,
    width,
    height,
    thumbhash: Buffer.from(thumbhash).toString('base64'),
  };
}

function serializeLocalFile({ sha256, mediaType, bytes }: TaskImage, prefix: string) {
  return { url: `${prefix}/images/${sha256}`, sha256, media_type: mediaType, bytes };
}
