/** The texts about saved searches in all languages, for the server. */
import type { Language } from '../dictionary.ts';
import { en } from './en.ts';
import type { SavedTexts } from './texts.ts';
import { zh } from './zh.ts';

export const SAVED_TEXTS: Readonly<Record<Language, SavedTexts>> = { en, zh };
