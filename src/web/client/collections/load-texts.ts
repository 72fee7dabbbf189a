/** The texts about collections in the page's language: a file of its own. */
import type { CollectionTexts } from '../../view/i18n/collections/texts.ts';
import type { Language } from '../../view/i18n/dictionary.ts';

const LOADERS: Readonly<Record<Language, () => Promise<CollectionTexts>>> = {
  en: async () => (await import('../../view/i18n/collections/en.ts')).en,
  zh: async () => (await import('../../view/i18n/collections/zh.ts')).zh,
};

export function loadCollectionTexts(language: Language): Promise<CollectionTexts> {
  return LOADERS[language]();
}
