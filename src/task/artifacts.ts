/** The files that a task generated, and what kind of task it is. */
import { FLUX } from '../service/flux.ts';
import { getOwn, getOwnString, type JsonObject } from './json-object.ts';
import { getRequest, listResults } from './members.ts';

/** What a service generates, as its generation paths and a list's `type` name it. */
export type TaskKind = keyof typeof FLUX.members.artifactUrls;

/** What a result says of its video; undefined where it says nothing usable. */
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
 * The links of a task's results: the images in their order, then the videos. An artifact is known by its index in this list, and an
 * older version, which knew images alone, counted those.
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
 * The kind that a document states; else that of its result, else of its request.
 * @returns any string: a document's own `type` may name something else
 */
export function readTaskKind(document: JsonObject): string {
  const stated = getOwnString(document, 'type');
  if (stated !== undefined && stated !== '') return stated;
  const artifacts = listArtifacts(document);
  if (artifacts.length > 0) return artifacts.some(({ kind }) => kind === 'videos') ? 'videos' : 'images';
  return asksForVideo(getRequest(document)) ? 'videos' : 'images';
}

/** A link to the picture with which a video was asked to begin, where the request has one. */
export function findStartFrameUrl(document: JsonObject): string | undefined {
  const request = getRequest(document);
  const keyframes = getOwn(request, VIDEO_REQUEST.keyframes);
  const [first] = (Array.isArray(keyframes) ? keyframes : [])
    .map((keyframe: unknown) =>
      Array.isArray(keyframe) ? { seconds: keyframe[0], link: keyframe[1] } : { seconds: 0, link: keyframe },
    )
    .sort((a, b) => Number(a.seconds) - Number(b.seconds));
  // One that comes later does not show how the video begins.
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

/** Whether a member of a document is an http(s) link. */
export function isLink(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//i.test(value);
}
