/** The texts about collections, without the texts: a browser loads those of one language. */
import type { en } from './en.ts';

export type CollectionTexts = typeof en;
