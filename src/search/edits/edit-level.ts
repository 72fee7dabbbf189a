/** Edits of a prompt: which earlier prompt it comes from, and which later ones come from it. */
import { extractFeatures, type Features } from '../similar/features.ts';
import { computeSimilarity } from '../similar/similarity.ts';

export interface DatedPrompt {
  readonly id: string;
  readonly prompt: string;
  /** When it was first used; epoch milliseconds. */
  readonly firstUsedMs: number;
}

export interface Edit<Node> {
  readonly node: Node;
  /** How much of both prompts is the same, from MIN_EDIT_SIMILARITY to 1. */
  readonly similarity: number;
}

/** One level of the tree of edits, around one prompt. */
export interface EditLevel<Node> {
  readonly cameFrom: Edit<Node> | undefined;
  /** In the order of time. */
  readonly ledTo: readonly Edit<Node>[];
}

/** Prompts that share less are no edits of each other. */
const MIN_EDIT_SIMILARITY = 0.4;

/** Every feature counts alike: what matters is how much was changed, not how rare it is. */
const UNWEIGHTED = { weights: new Map<string, number>(), defaultWeight: 1 };

/**
 * A prompt comes from the earlier one that is most like it; of equally similar ones, from the latest.
 * @param others other prompts that may be near it; the same prompt among them is no edit
 */
export function findEditLevel<Node extends DatedPrompt>(
  source: Node,
  others: readonly Node[],
): EditLevel<Node> {
  const features = new Map<Node, Features>();
  const compare = (one: Node, other: Node): number => {
    const read = (node: Node) => {
      const known = features.get(node) ?? extractFeatures(node.prompt);
      features.set(node, known);
      return known;
    };
    return computeSimilarity(read(one), read(other), UNWEIGHTED);
  };
  const nodes = [source, ...others.filter(({ prompt }) => prompt !== source.prompt)].sort(compareTimes);
  /** Before its place, in the order of time. */
  const findOrigin = (at: number): Edit<Node> | undefined => {
    const node = nodes[at];
    let origin: Edit<Node> | undefined;
    for (const earlier of nodes.slice(0, at)) {
      const similarity = node ? compare(node, earlier) : 0;
      if (similarity >= Math.max(MIN_EDIT_SIMILARITY, origin?.similarity ?? 0))
        origin = { node: earlier, similarity };
    }
    return origin;
  };
  const place = nodes.indexOf(source);
  const ledTo: Edit<Node>[] = [];
  for (const [at, node] of nodes.entries()) {
    if (at <= place || compare(node, source) < MIN_EDIT_SIMILARITY) continue;
    const origin = findOrigin(at);
    if (origin?.node === source) ledTo.push({ node, similarity: origin.similarity });
  }
  return { cameFrom: findOrigin(place), ledTo };
}

/** Prompts of the same moment by id, so that none comes from itself in a circle. */
function compareTimes(a: DatedPrompt, b: DatedPrompt): number {
  return a.firstUsedMs - b.firstUsedMs || (a.id < b.id ? -1 : Number(a.id > b.id));
}
