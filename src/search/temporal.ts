/** The Temporal API, loaded when the first date is read: that takes a tenth of the time of a short command, and few have dates. */
import { createRequire } from 'node:module';
import type * as polyfill from '@js-temporal/polyfill';

export type PlainDate = polyfill.Temporal.PlainDate;
export type ZonedDateTime = polyfill.Temporal.ZonedDateTime;
export type DurationLike = polyfill.Temporal.DurationLike;

let loaded: typeof polyfill | undefined;

export function loadTemporal(): typeof polyfill.Temporal {
  // `import()` is no choice: a query is read in one go.
  loaded ??= createRequire(import.meta.url)('@js-temporal/polyfill') as typeof polyfill;
  return loaded.Temporal;
}
