/** Why something was not done to a collection, in words of the reader's language. */
import type { CollectionTexts } from '../../view/i18n/collections/texts.ts';
import type { Dictionary } from '../../view/i18n/dictionary.ts';
import { ApiFailure } from '../api.ts';

export function describeFailure(error: unknown, texts: CollectionTexts, t: Dictionary): string {
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
    case 409:
      return texts.nameTaken;
    case 412:
      return texts.changedMeanwhile;
    default:
      return texts.failed(error.message);
  }
}
