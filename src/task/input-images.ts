/** The pictures that a task was given to work on: the image of an edit, the start frame of a video. */
import { FLUX } from '../service/flux.ts';
import { findStartFrameUrl } from './artifacts.ts';
import { getOwn, type JsonObject } from './json-object.ts';
import { isLink } from './link.ts';
import { getRequest } from './members.ts';

/** A task has few; more would only be a way to have many links fetched. */
const MAX_INPUTS = 8;

/** The first eight links; base64 data in their place is left out. */
export function listInputImageLinks(document: JsonObject): string[] {
  const value = getOwn(getRequest(document), FLUX.members.artifactUrls.images);
  const links = (Array.isArray(value) ? value : [value]).filter(isLink);
  const startFrame = findStartFrameUrl(document);
  return [...new Set([...links, ...(startFrame === undefined ? [] : [startFrame])])].slice(0, MAX_INPUTS);
}
