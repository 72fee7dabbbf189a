/** Why something was not done to a saved search, in words of the reader's language. */
import type { Dictionary } from '../../view/i18n/dictionary.ts';
import type { SavedTexts } from '../../view/i18n/saved/texts.ts';
import { ApiFailure } from '../api.ts';

export function describeSavedFailure(error: unknown, texts: SavedTexts, t: Dictionary): string {
  if (!(error instanceof Error)) throw error;
  // The browser's own words differ, and say less.
  if (!(error instanceof ApiFailure)) return texts.failed(t.troubleDisconnected);
  switch (error.status) {
    case 401:
      return t.troubleExpired;
    case 403:
      return texts.notAllowed;
    case 404:
      return texts.goneMeanwhile;
    case 412:
      return texts.changedMeanwhile;
    default:
      return texts.failed(error.message);
  }
}
