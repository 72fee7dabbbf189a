/**
 * The SQL function `prompt_contains(document, prompt_hash, leaf)`: checks the prompt itself where the index of stems can't decide.
 * Many rows have the same prompt, and a query asks several times about a row: a prompt is read once for all leaves, and each
 * answer is remembered.
 */

import type { TextNode } from '../../../search/ast.ts';
import { hasMatch } from '../../../search/matches.ts';
import { extractTerms, type Term } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import type { Sqlite } from '../database.ts';

/** Of about 100 bytes each. */
const MAX_REMEMBERED_ANSWERS = 100_000;

interface LeafAnswers {
  readonly leaf: TextNode;
  /** By hash of the prompt. */
  readonly answers: Map<string, number>;
}

export function definePromptFunction({ raw, checkInterrupt }: Sqlite): void {
  const known = new Map<string, LeafAnswers>();
  let remembered = 0;
  let lastHash = '';
  let lastTerms: readonly Term[] = [];

  const getAnswers = (leafText: string): LeafAnswers => {
    const answers = known.get(leafText) ?? { leaf: JSON.parse(leafText) as TextNode, answers: new Map() };
    known.set(leafText, answers);
    return answers;
  };
  const readTerms = (hash: string, document: string): readonly Term[] => {
    if (hash !== lastHash) {
      lastTerms = extractTerms(getPrompt(document));
      lastHash = hash;
    }
    return lastTerms;
  };

  raw.function('prompt_contains', { deterministic: true }, (document, promptHash, leafText) => {
    const { leaf, answers } = getAnswers(String(leafText));
    const hash = (promptHash as Buffer).toString('latin1');
    const answer = answers.get(hash);
    if (answer !== undefined) return answer;
    checkInterrupt?.();
    const checked = hasMatch(leaf, readTerms(hash, String(document))) ? 1 : 0;
    answers.set(hash, checked);
    remembered += 1;
    if (remembered > MAX_REMEMBERED_ANSWERS) {
      known.clear();
      remembered = 0;
    }
    return checked;
  });
}
