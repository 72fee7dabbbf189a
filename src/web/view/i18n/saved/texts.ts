/** The texts about saved searches, without the texts: a browser loads those of one language. */
import type { en } from './en.ts';

export type SavedTexts = typeof en;
