/** The SQL function `prompt_contains(document, leaf)`: checks the prompt itself where the index of stems can't decide. */

import type { TextNode } from '../../../search/ast.ts';
import { hasMatch } from '../../../search/matches.ts';
import { extractTerms } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import type { Sqlite } from '../database.ts';

export function definePromptFunction({ raw, checkInterrupt }: Sqlite): void {
  let leafText = '';
  let leaf: TextNode | undefined;
  raw.function('prompt_contains', { deterministic: true }, (document, wanted) => {
    checkInterrupt?.();
    if (wanted !== leafText || leaf === undefined) {
      leafText = String(wanted);
      leaf = JSON.parse(leafText) as TextNode;
    }
    return hasMatch(leaf, extractTerms(getPrompt(String(document)))) ? 1 : 0;
  });
}
