/** The SQL function `prompt_contains(document, leaf)`: checks the prompt itself where the index of stems can't decide. */

import type { TextNode } from '../../../search/ast.ts';
import { findMatches } from '../../../search/matches.ts';
import { extractTerms } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import type { Connection } from '../driver.ts';

export function definePromptFunction(raw: Connection): void {
  let leafText = '';
  let leaf: TextNode | undefined;
  raw.function('prompt_contains', { deterministic: true }, (document, wanted) => {
    if (wanted !== leafText || leaf === undefined) {
      leafText = String(wanted);
      leaf = JSON.parse(leafText) as TextNode;
    }
    return findMatches(leaf, extractTerms(getPrompt(String(document)))).length > 0 ? 1 : 0;
  });
}
