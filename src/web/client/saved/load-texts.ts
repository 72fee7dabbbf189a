/** The texts about saved searches in the page's language: a file of its own. */
import type { Language } from '../../view/i18n/dictionary.ts';
import type { SavedTexts } from '../../view/i18n/saved/texts.ts';

const LOADERS: Readonly<Record<Language, () => Promise<SavedTexts>>> = {
  en: async () => (await import('../../view/i18n/saved/en.ts')).en,
  zh: async () => (await import('../../view/i18n/saved/zh.ts')).zh,
};

export function loadSavedTexts(language: Language): Promise<SavedTexts> {
  return LOADERS[language]();
}
