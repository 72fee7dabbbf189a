/** The texts about collections in all languages, for the server. */
import type { Language } from '../dictionary.ts';
import { en } from './en.ts';
import type { CollectionTexts } from './texts.ts';
import { zh } from './zh.ts';

export const COLLECTION_TEXTS: Readonly<Record<Language, CollectionTexts>> = { en, zh };
