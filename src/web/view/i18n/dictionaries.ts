/** The texts of the pages in every language, for the server. */
import type { Dictionary, Language } from './dictionary.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

export const DICTIONARIES: Readonly<Record<Language, Dictionary>> = { en, zh };
