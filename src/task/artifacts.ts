/** The generated files of a task, and the kind of the task. */
import { FLUX } from '../service/flux.ts';
import { getOwn, getOwnString, type JsonObject } from './json-object.ts';
import { isLink } from './link.ts';
import { getRequest, listResults } from './members.ts';

/** What a service generates, named as in its generation paths and in the `type` filter of a list. */
export type TaskKind = keyof typeof FLUX.members.artifactUrls;

/** Details of a video in its result; undefined if missing or unusable. */
export interface VideoDetails {
  readonly seconds: number | undefined;
  /** Pixels. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly fps: number | undefined;
}

export interface ImageArtifact {
  readonly kind: 'images';
  readonly url: string;
}

export interface VideoArtifact extends VideoDetails {
  readonly kind: 'videos';
  readonly url: string;
}

/** The link to a generated file; http or https. */
export type Artifact = ImageArtifact | VideoArtifact;

const { members: MEMBERS, videoRequest: VIDEO_REQUEST } = FLUX;
const KINDS = Object.keys(MEMBERS.artifactUrls) as TaskKind[];

/**
 * The links of a task's results: images in order, then videos. An artifact is identified by its index in this list; older
 * versions listed only images, so those come first.
 */
export function listArtifacts(document: JsonObject): Artifact[] {
  const results = listResults(document);
  return KINDS.flatMap((kind) =>
    results.flatMap((result): Artifact[] => {
      const url = getOwn(result, MEMBERS.artifactUrls[kind]);
      if (!isLink(url)) return [];
      return [kind === 'videos' ? { kind, url, ...readVideoDetails(result) } : { kind, url }];
    }),
  );
}

/**
 * The kind of a task: the document's own `type` (any string), else that of its results, else that of its request.
 */
export function readTaskKind(document: JsonObject): string {
  const ownType = getOwnString(document, 'type');
  if (ownType !== undefined && ownType !== '') return ownType;
  const artifacts = listArtifacts(document);
  if (artifacts.length > 0) return artifacts.some(({ kind }) => kind === 'videos') ? 'videos' : 'images';
  return asksForVideo(getRequest(document)) ? 'videos' : 'images';
}

/** The link to the start frame in a video request, if it has one. */
export function findStartFrameUrl(document: JsonObject): string | undefined {
  const request = getRequest(document);
  const keyframes = getOwn(request, VIDEO_REQUEST.keyframes);
  const [first] = (Array.isArray(keyframes) ? keyframes : [])
    .map((keyframe: unknown) =>
      Array.isArray(keyframe) ? { seconds: keyframe[0], link: keyframe[1] } : { seconds: 0, link: keyframe },
    )
    .sort((a, b) => Number(a.seconds) - Number(b.seconds));
  // A later keyframe is not the start frame.
  const link =
    first && Number(first.seconds) !== 0
      ? undefined
      : (first?.link ?? getOwn(request, MEMBERS.artifactUrls.images));
  return isLink(link) ? link : undefined;
}

function readVideoDetails(result: JsonObject): VideoDetails {
  const read = (member: string) => {
    const value = getOwn(result, member);
    return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined;
  };
  return { seconds: read('seconds'), width: read('width'), height: read('height'), fps: read('fps') };
}

function asksForVideo(request: JsonObject): boolean {
  const hasMember = VIDEO_REQUEST.members.some((member) => {
    const value = getOwn(request, member);
    return value !== undefined && value !== null && value !== '';
  });
  return (
    hasMember || (getOwnString(request, 'model') ?? '').toLowerCase().startsWith(VIDEO_REQUEST.modelPrefix)
  );
}
