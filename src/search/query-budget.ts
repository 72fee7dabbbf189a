/**
 * How much of a query is read. Each word, prefix and operator costs a pass over a part of the index, so one query may only
 * have so many of them; repeating one costs nothing.
 */
import type { QueryNode, TextNode } from './ast.ts';

/** Longer queries are truncated: nobody types them, and a pasted page must not become a thousand index look-ups. */
export const MAX_QUERY_CHARACTERS = 1000;
/** Words and operators that are read. Hardly two prompts begin with the same 64 words. */
export const MAX_QUERY_PARTS = 64;
/** Prefixes that are read: for each, the index merges the lists of all words that begin with it. */
export const MAX_QUERY_PREFIXES = 8;

export interface QueryBudget {
  /** The text, or as much of it as may still be read: the beginning of a phrase. */
  takeText(node: TextNode): TextNode | undefined;
  /** The operator, unless the query has too many parts. */
  takeOperator(node: QueryNode): QueryNode | undefined;
  /** How many parts were left out or shortened so far. */
  readonly cuts: number;
  /** What was not read, for the user. */
  listNotes(): string[];
}

export function createQueryBudget(): QueryBudget {
  const taken = new Set<string>();
  const notes = new Set<string>();
  let partsLeft = MAX_QUERY_PARTS;
  let prefixesLeft = MAX_QUERY_PREFIXES;
  let cuts = 0;

  const cut = (note: string): undefined => {
    notes.add(note);
    cuts += 1;
  };
  /** @param parts how many of the parts that are left the node uses, unless it is a repetition */
  const take = <Node extends QueryNode>(node: Node, parts: number, prefixes = 0): Node | undefined => {
    const key = JSON.stringify(node);
    if (taken.has(key)) return node;
    if (prefixes > prefixesLeft) return cut(`only the first ${MAX_QUERY_PREFIXES} words with * were read`);
    if (parts > partsLeft) return cut(`only the first ${MAX_QUERY_PARTS} words and operators were read`);
    partsLeft -= parts;
    prefixesLeft -= prefixes;
    taken.add(key);
    return node;
  };

  return {
    takeText: (node) => {
      if (node.kind === 'prefix') return take(node, node.terms.length + 1, 1);
      const whole = take(node, node.terms.length);
      return (
        whole ??
        (partsLeft > 0 ? take({ ...node, terms: node.terms.slice(0, partsLeft) }, partsLeft) : undefined)
      );
    },
    takeOperator: (node) => take(node, 1),
    get cuts() {
      return cuts;
    },
    listNotes: () => [...notes],
  };
}
