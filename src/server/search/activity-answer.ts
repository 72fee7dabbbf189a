/** Answers `/api/stats/days` as a JSON text. Runs on a search thread: days of other time zones than UTC must be divided. */
import { findPeriodBefore } from '../../search/dates.ts';
import type { Store } from '../../store/contract/store.ts';
import { serializeActivity } from '../../views/activity-json.ts';
import { readChoiceParam } from '../query-params.ts';
import type { Target } from './search-answers.ts';
import { readSearchTarget } from './search-request.ts';

export const ACTIVITY_PARAMS = ['by', 'from', 'to', 'tz'] as const;
const UNITS = ['day', 'month'] as const;
/** How many periods there are at most without `from`. */
const DEFAULT_PERIODS = { day: 90, month: 12 } as const;

/** @throws ApiError 400 */
export async function answerActivity(
  store: Pick<Store, 'activity'>,
  { params, limits, nowMs }: Target,
): Promise<string> {
  const [by = 'day'] = readChoiceParam(params, 'by', UNITS);
  const own = new URLSearchParams(
    [...params].filter(([name]) => ACTIVITY_PARAMS.some((one) => one === name)),
  );
  const { filter, timeZone } = readSearchTarget(own, limits, nowMs, ACTIVITY_PARAMS);
  const { fromMs, toMs, within } = filter;
  const lastMs = toMs === undefined ? nowMs : toMs - 1;
  const periods = await store.activity({
    by,
    timeZone,
    fromMs: fromMs ?? findPeriodBefore(by, DEFAULT_PERIODS[by] - 1, { ms: lastMs, timeZone }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(within ? { within } : {}),
  });
  return JSON.stringify(serializeActivity(periods, { by, timeZone }));
}
