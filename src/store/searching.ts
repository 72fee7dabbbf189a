/** All that only reads the search index, over one connection. */
import type { FacetRequest, Facets, MaybePromise, SearchPage, SearchRequest } from './contract.ts';
import type { Sqlite } from './database.ts';
import { countFacets } from './facets.ts';
import { createFacts } from './facts.ts';
import { definePromptFunction } from './prompt-function.ts';
import { indexedFrom } from './reindex.ts';
import { createSearchStore } from './search.ts';

export interface Searching {
  search(request: SearchRequest): MaybePromise<SearchPage>;
  facets(request: FacetRequest): MaybePromise<Facets>;
  close(): MaybePromise<void>;
}

export function createSearching(db: Sqlite): Searching {
  definePromptFunction(db.raw);
  const facts = createFacts(db);
  const drift = () => Number(facts.get('drift') ?? 0);
  const { search } = createSearchStore(db, () => ({ drift: drift(), indexedFromMs: indexedFrom(db, facts) }));
  return { search, facets: (request) => countFacets(db, request, drift()), close: () => undefined };
}
