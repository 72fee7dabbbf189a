/** Finds the tasks of the links and hashes in a query, before it is compiled: a link is verified in the document. */
import type { ArtifactNode, Query, QueryNode } from '../../../search/ast.ts';
import { hasLink } from '../../rules/artifact-link.ts';
import { hashLink } from '../../rules/link-hash.ts';
import type { Snapshot } from '../snapshot.ts';

export interface FoundArtifacts {
  /** The keys of the tasks with an image or video. */
  find(node: ArtifactNode): readonly number[];
}

/** Documents that are read at a time. */
const DOCUMENTS = 50;

/** For queries without any. */
export const NO_ARTIFACTS: FoundArtifacts = { find: () => [] };

export async function findArtifacts(
  snapshot: Snapshot,
  { parts }: Pick<Query, 'parts'>,
): Promise<FoundArtifacts> {
  const found = new Map<ArtifactNode, readonly number[]>();
  for (const node of parts.flatMap(collectArtifacts)) {
    const byHash = node.sha256 === undefined ? [] : await findByHash(snapshot, node.sha256);
    const byLink = node.link === undefined ? [] : await findByLink(snapshot, node.link);
    found.set(node, [...new Set([...byHash, ...byLink])]);
  }
  return { find: (node) => found.get(node) ?? [] };
}

function collectArtifacts(node: QueryNode): ArtifactNode[] {
  if (node.kind === 'artifact') return [node];
  if (node.kind === 'not') return collectArtifacts(node.part);
  return node.kind === 'and' || node.kind === 'or' ? node.parts.flatMap(collectArtifacts) : [];
}

async function findByHash(snapshot: Snapshot, sha256: string): Promise<number[]> {
  const rows = await snapshot.query<{ task: number }>(
    'SELECT task FROM task_images WHERE sha256 = $1 AND n >= 0',
    [sha256],
  );
  return rows.map(({ task }) => task);
}

/** @param link normalized */
async function findByLink(snapshot: Snapshot, link: string): Promise<number[]> {
  const rows = await snapshot.query<{ task: number; n: number }>(
    'SELECT task, n FROM task_images WHERE link_hash = $1 AND n >= 0',
    [hashLink(link)],
  );
  const found: number[] = [];
  for (let at = 0; at < rows.length; at += DOCUMENTS) {
    const some = rows.slice(at, at + DOCUMENTS);
    const documents = await readDocuments(
      snapshot,
      some.map(({ task }) => task),
    );
    for (const { task, n } of some) if (hasLink(documents.get(task) ?? '', n, link)) found.push(task);
    snapshot.checkInterrupt();
  }
  return found;
}

async function readDocuments(snapshot: Snapshot, tasks: readonly number[]): Promise<Map<number, string>> {
  const rows = await snapshot.query<{ arrival: number; document: string }>(
    'SELECT arrival, document FROM tasks WHERE arrival = ANY($1::bigint[])',
    [tasks],
  );
  return new Map(rows.map(({ arrival, document }) => [arrival, document]));
}
