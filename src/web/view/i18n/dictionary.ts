/** The languages of the pages, without their texts: a browser loads those of one language. */
import type { en } from './en.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Every text of the pages. */
export type Dictionary = typeof en;

/** The value of `<html lang>`. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

/**
 * The language of a reader.
 * @param chosen what they chose, if they did
 * @param accepted the header `Accept-Language` (RFC 9110, section 12.5.4)
 */
export function chooseLanguage(chosen: string | undefined, accepted: string | undefined): Language {
  const known = LANGUAGES.find((language) => language === chosen);
  if (known) return known;
  const ranked = (accepted ?? '')
    .split(',')
    .map((item, at) => {
      const [tag = '', ...params] = item.trim().toLowerCase().split(';');
      const weight = Number(/^\s*q=([\d.]+)$/.exec(params.at(-1) ?? '')?.[1] ?? 1);
      return { language: tag.split('-')[0], weight, at };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.at - b.at);
  const found = ranked.find(({ language }) => LANGUAGES.some((each) => each === language));
  return LANGUAGES.find((language) => language === found?.language) ?? 'en';
}
