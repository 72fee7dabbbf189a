/** What every page needs of a request: the reader's language, time zone and rights, and how the mirror does. */
import { getCookie } from 'hono/cookie';
import { VERSION } from '../../../lib/version.ts';
import { isTimeZone } from '../../../search/dates.ts';
import { findMachineTimeZone } from '../../../search/machine-time-zone.ts';
import { type Health, readHealth } from '../../../views/health.ts';
import type { ProblemDeps } from '../../../views/problems.ts';
import { chooseLanguage } from '../../../web/view/i18n/dictionary.ts';
import type { PageData } from '../../../web/view/page-data.ts';
import { readPreferences } from '../../../web/view/preferences.ts';
import type { ServerContext, ServerDeps } from '../../deps.ts';
import type { EventHub } from '../../events/event-hub.ts';

export type PageContextDeps = ProblemDeps &
  Pick<ServerDeps, 'log'> & {
    readonly events: Pick<EventHub, 'takeLastId'>;
  };

/**
 * Of a page that is of use although the database can't be read: its health then says that something is wrong.
 * @param wanted the time zone that the address asks for; empty: the reader's
 */
export async function readPageContextSafely(
  c: ServerContext,
  deps: PageContextDeps,
  wanted = '',
): Promise<PageData> {
  // Before anything is read: what changes meanwhile is told to the page once more.
  const lastEventId = deps.events.takeLastId();
  try {
    return { ...(await readPageContext(c, deps, wanted)), lastEventId };
  } catch (error) {
    deps.log.warn({ err: error }, 'the health of the mirror could not be read for a page');
    const health: Health = { ...NO_HEALTH, state: 'other' };
    return { ...createPageContext(c, { nowMs: deps.clock.now(), health, wanted }), lastEventId };
  }
}

/** Of a page that says nothing of the mirror. */
export const NO_HEALTH: Health = { state: 'ok', synced_at: null, since: null, problems: [] };

async function readPageContext(c: ServerContext, deps: ProblemDeps, wanted: string): Promise<PageData> {
  const health = await readHealth(deps, { isWhole: c.get('access').limits === undefined });
  return createPageContext(c, { nowMs: deps.clock.now(), health, wanted });
}

export function createPageContext(
  c: ServerContext,
  { nowMs, health, wanted = '' }: { nowMs: number; health: Health; wanted?: string },
): PageData {
  const preferences = readPreferences((name) => getCookie(c, name));
  const { tokenName, limits, isReadOnly, isSignedOnByProxy } = c.get('access');
  const timeZone = [wanted, preferences.timeZone].find((name) => name !== '' && isTimeZone(name));
  return {
    language: chooseLanguage(preferences.language, c.req.header('accept-language')),
    version: VERSION,
    preferences,
    rights: {
      isSignedIn: tokenName !== undefined && !isSignedOnByProxy,
      seesAll: limits === undefined,
      mayChange: !isReadOnly,
    },
    timeZone: timeZone ?? findMachineTimeZone().timeZone,
    ...{ nowMs, health },
  };
}
