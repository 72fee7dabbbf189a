/** Says that there is no token for the upstream, before anything that would fail or do nothing without one. */
import type { Config } from '../config/config.ts';
import { SETTINGS } from '../config/setting-table.ts';

/** @param consequence what the command does without one @returns undefined if there is one, or none is needed */
export function describeMissingToken(
  { upstreamToken, offline, isTokenWithheld }: Pick<Config, 'upstreamToken' | 'offline' | 'isTokenWithheld'>,
  consequence: string,
): string | undefined {
  return upstreamToken === undefined && !isTokenWithheld && !offline
    ? `${SETTINGS.upstreamToken.env} is not set: ${consequence}`
    : undefined;
}
