/** The texts of the page's language: a file of its own, which the page names, so that it is there with the script. */
import type { Dictionary, Language } from '../view/i18n/dictionary.ts';

const LOADERS: Readonly<Record<Language, () => Promise<Dictionary>>> = {
  en: async () => (await import('../view/i18n/en.ts')).en,
  zh: async () => (await import('../view/i18n/zh.ts')).zh,
};

export function loadDictionary(language: Language): Promise<Dictionary> {
  return LOADERS[language]();
}
