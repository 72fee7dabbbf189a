/** For commands that do nothing without the upstream. */
import type { Config } from '../config/config.ts';
import { CommandFailed } from './failure.ts';

/** @param what needs it, as in `a backfill` @returns the token for the upstream @throws CommandFailed */
export function requireUpstream(
  { offline, upstreamToken }: Pick<Config, 'offline' | 'upstreamToken'>,
  what: string,
): string {
  if (offline) throw new CommandFailed(`${what} needs the upstream, but the mirror is offline`);
  if (upstreamToken === undefined)
    throw new CommandFailed(`${what} needs a token for the upstream: set ACEDATACLOUD_API_TOKEN`);
  return upstreamToken;
}
