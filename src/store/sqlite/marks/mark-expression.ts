/** Tests of marks as MATCH expressions over the search index. */
import type { MarkTest } from '../../../search/mark-fields.ts';
import { HIDDEN_TERM, listTestedTerms } from '../../rules/mark-terms.ts';

/** The expression that excludes hidden tasks, after a NOT. */
export const HIDDEN_EXPRESSION = quote(HIDDEN_TERM);

/** Undefined if tasks without marks pass the test, or none can. */
export function compileMarkTest(test: MarkTest): string | undefined {
  const tested = listTestedTerms(test);
  const quoted = tested?.terms.map((term) => (tested.isPrefix ? `${quote(term)} *` : quote(term))) ?? [];
  const [only] = quoted;
  return quoted.length <= 1 ? only : `(${quoted.join(' OR ')})`;
}

function quote(term: string): string {
  return `"${term}"`;
}
