/** What a query is made of, before it is looked up: words, runs of characters that are words of their own, groups. */
import { collectText, type QueryNode, type TextNode } from '../ast.ts';
import { MAX_QUERY_PARTS } from '../query-budget.ts';
import { extractTerms, type Term } from '../terms.ts';
import type { LoosePart } from './split-query.ts';

export interface WordItem {
  readonly kind: 'word';
  readonly text: string;
  readonly word: string;
}

export interface RunItem {
  readonly kind: 'run';
  readonly text: string;
  readonly terms: readonly Term[];
}

export interface GroupItem {
  readonly kind: 'group';
  readonly text: string;
  readonly leaves: readonly TextNode[];
  /** Folded words by their stem. */
  readonly words: ReadonlyMap<string, string>;
}

export type Item = WordItem | RunItem | GroupItem;

export function readItems({ node, text }: LoosePart): Item[] {
  const terms = extractTerms(text).slice(0, MAX_QUERY_PARTS); // no more of it was read
  if (node.kind !== 'phrase') return listGroups(node, text, terms);
  const items: Item[] = [];
  let run: Term[] = [];
  const endRun = () => {
    if (run.length > 0) items.push({ kind: 'run', text, terms: run });
    run = [];
  };
  for (const found of terms) {
    if (found.word === undefined) {
      run.push(found);
      continue;
    }
    endRun();
    items.push({ kind: 'word', text: text.slice(found.start, found.end), word: found.word });
  }
  endRun();
  return items;
}

/** Each part of a conjunction in parentheses is a piece of its own; alternatives are one. */
function listGroups(node: QueryNode, text: string, terms: readonly Term[]): GroupItem[] {
  if (node.kind === 'and') return node.parts.flatMap((part) => listGroups(part, text, terms));
  const words = new Map(
    terms.flatMap(({ term, word }) => (word === undefined ? [] : [[term, word] as const])),
  );
  return [{ kind: 'group', text, leaves: collectText(node), words }];
}
