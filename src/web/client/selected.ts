/** What is selected, as it was when something was asked for. */
import type { AppState } from '../components/app.ts';
import { buildMatchParams } from '../view/url.ts';

export interface Selected {
  /** Of a search: those that are left out. */
  readonly ids: readonly string[];
  readonly count: number;
  /** Parameters of the search, and how many tasks it found. */
  readonly search: Readonly<Record<string, readonly string[]>> | undefined;
  readonly found: number;
}

export function readSelected(
  state: Pick<AppState, 'selection' | 'selectedCount' | 'view'>,
  timeZone: string,
): Selected {
  const { ids, isSearch, found } = state.selection.peek();
  const params = buildMatchParams(state.view.peek(), timeZone);
  const names = [...new Set(params.keys())];
  return {
    ...{ ids: [...ids], found, count: state.selectedCount.peek() },
    search: isSearch ? Object.fromEntries(names.map((name) => [name, params.getAll(name)])) : undefined,
  };
}

/** As the mirror is told: ids, or the search with its exact count and what is left out of it. */
export function describeSelected({ ids, search, found }: Selected) {
  return search ? { ...search, count: found, except: ids } : { ids };
}
