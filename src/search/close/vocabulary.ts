/** What planning a search for close matches asks of the history. */
import type { TextNode } from '../ast.ts';
import type { WordUse } from './corrections.ts';

/** The words of the prompts that the caller may see. */
export interface Vocabulary {
  /** Number of prompts. */
  readonly total: number;
  /** Number of prompts with a phrase, perhaps estimated; 0 exactly if there is none. */
  countPrompts(node: TextNode): number;
  /** What a folded word that no prompt has may have meant, best first (see `rankCorrections`). */
  listCorrections(word: string): readonly WordUse[];
  /** Whether a prompt has this folded word. */
  hasWord(word: string): boolean;
  /** The most used words that begin with folded letters. */
  listByPrefix(prefix: string, limit: number): readonly WordUse[];
}
