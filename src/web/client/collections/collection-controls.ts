/** The controls of collections on the wall, with their texts. */
import type { CollectionControls } from '../../components/collection-controls.ts';
import { SelectionCollector } from '../../components/collections/SelectionCollector.tsx';
import { TaskCollections } from '../../components/collections/TaskCollections.tsx';
import type { Language } from '../../view/i18n/dictionary.ts';
import { type CollectingDeps, createCollecting } from './collecting.ts';
import { loadCollectionTexts } from './load-texts.ts';

export interface CollectionControlsDeps extends Omit<CollectingDeps, 'texts'> {
  readonly language: Language;
}

export async function loadCollectionControls(deps: CollectionControlsDeps): Promise<CollectionControls> {
  const texts = await loadCollectionTexts(deps.language);
  return { texts, collecting: createCollecting({ ...deps, texts }), SelectionCollector, TaskCollections };
}
