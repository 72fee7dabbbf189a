/** Rewrites `image_url` and `video_url` to the archived copy if there is one: in the text, so that every other byte stays unchanged. */

import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import type { MirrorResponse } from '../../mirror/mirror-response.ts';
import { FLUX } from '../../service/flux.ts';
import type { Store } from '../../store/contract/store.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import { isLink } from '../../task/link.ts';

/**
 * @param served the response to a retrieve, a batch or a list
 * @param imageBase absolute base URL of the images, without a trailing slash
 */
export async function rewriteImageUrls(
  served: MirrorResponse,
  store: Store,
  imageBase: string,
): Promise<MirrorResponse> {
  if (served.status !== 200) return served;
  const text = typeof served.body === 'string' ? served.body : Buffer.from(served.body).toString();
  const root = parseTree(text);
  if (!root) return served;
  const items = findNodeAtLocation(root, ['items'])?.children;
  const links = (items ?? [root]).flatMap(findImageLinks);
  if (links.length === 0) return served;

  const images = await store.imagesOf([...new Set(links.map(({ taskId }) => taskId))]);
  const local = new Map(images.map(({ taskId, n, sha256 }) => [`${taskId} ${n}`, sha256]));
  let rewritten = '';
  let copied = 0;
  for (const { taskId, n, node } of links) {
    const sha256 = local.get(`${taskId} ${n}`);
    if (sha256 === undefined) continue;
    rewritten += text.slice(copied, node.offset) + JSON.stringify(`${imageBase}/${sha256}`);
    copied = node.offset + node.length;
  }
  return copied === 0 ? served : { ...served, body: rewritten + text.slice(copied) };
}

const { members: MEMBERS } = FLUX;

interface ImageLink {
  readonly taskId: TaskId;
  /** Its index among the task's links, as in `listArtifacts`. */
  readonly n: number;
  readonly node: Node;
}

function findImageLinks(document: Node): ImageLink[] {
  const taskId = parseTaskId(findNodeAtLocation(document, ['id'])?.value);
  const results = findNodeAtLocation(document, [MEMBERS.response, MEMBERS.results]);
  if (taskId === undefined || results === undefined) return [];
  const objects = (results.type === 'array' ? (results.children ?? []) : [results]).filter(
    ({ type }) => type === 'object',
  );
  return Object.values(MEMBERS.artifactUrls)
    .flatMap((member) => objects.map((result) => findNodeAtLocation(result, [member])))
    .filter((node) => node !== undefined)
    .filter((node) => isLink(node.value))
    .map((node, n) => ({ taskId, n, node }));
}
