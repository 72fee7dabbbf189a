/** Checks whether the upstream answers and accepts the token. */
import type { Config } from '../config/config.ts';
import { parseTaskId, type TaskId } from '../task/id.ts';
import type { Upstream } from '../upstream/client.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { Finding } from './check.ts';

/** The id of no task: asking for it costs nothing and changes nothing. */
const NONEXISTENT_ID = parseTaskId('00000000-0000-0000-0000-000000000000') as TaskId;

export async function checkUpstream(
  upstream: Upstream,
  { offline, upstreamToken, upstreamUrl }: Pick<Config, 'offline' | 'upstreamToken' | 'upstreamUrl'>,
): Promise<Finding[]> {
  const createFinding = (kind: Finding['kind'], message: string): Finding[] => [
    { about: 'upstream', kind, message },
  ];
  if (offline) return createFinding('note', 'not asked: the mirror is offline by setting');
  try {
    await upstream.retrieve(NONEXISTENT_ID, { token: upstreamToken ?? 'none', priority: 'interactive' });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const isRejected = error.status === 401 || error.status === 403;
    if (isRejected && upstreamToken === undefined)
      return createFinding('note', `${upstreamUrl} answers; there is no ACEDATACLOUD_API_TOKEN to ask with`);
    return createFinding('problem', isRejected ? `the token is refused: ${error.message}` : error.message);
  }
  return createFinding('ok', `${upstreamUrl} answers and takes the token`);
}
