/** Edits of a prompt: which earlier prompt it comes from, and which later ones come from it. */
import { compareFeatures, createFeatureReader, type FeatureList } from './feature-lists.ts';

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

/**
 * A prompt comes from the earlier one that is most like it; of equally similar ones, from the latest.
 * @param others other prompts that may be near it; the same prompt among them is no edit
 */
export function findEditLevel<Node extends DatedPrompt>(
  source: Node,
  others: readonly Node[],
): EditLevel<Node> {
  const readFeatures = createFeatureReader();
  const features = new Map<Node, FeatureList>();
  const getFeatures = (node: Node): FeatureList => {
    const known = features.get(node) ?? readFeatures(node.prompt);
    features.set(node, known);
    return known;
  };
  const compare = (one: Node, other: Node): number => compareFeatures(getFeatures(one), getFeatures(other));
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
  /** Whether nothing before it is more like it than the source is, nor as much and later. The first that is ends the search. */
  const comesFromSource = (node: Node, at: number, similarity: number): boolean =>
    nodes.slice(0, at).every((earlier, before) => {
      if (before === place) return true;
      const other = compare(node, earlier);
      return before < place ? other <= similarity : other < similarity;
    });
  const ledTo: Edit<Node>[] = [];
  for (const [at, node] of nodes.entries()) {
    const similarity = at > place ? compare(node, source) : 0;
    if (similarity >= MIN_EDIT_SIMILARITY && comesFromSource(node, at, similarity))
      ledTo.push({ node, similarity });
  }
  return { cameFrom: findOrigin(place), ledTo };
}

/** Prompts of the same moment by id, so that none comes from itself in a circle. */
function compareTimes(a: DatedPrompt, b: DatedPrompt): number {
  return a.firstUsedMs - b.firstUsedMs || (a.id < b.id ? -1 : Number(a.id > b.id));
}
