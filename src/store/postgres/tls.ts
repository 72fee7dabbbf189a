/** TLS to the database: its certificate is checked, unless the database is on this machine or the URL says otherwise. */
import { isLoopback } from '../../lib/is-loopback.ts';
import { tryParseUrl } from '../../lib/parse-url.ts';

/** Parameters that say whether TLS is used (https://www.postgresql.org/docs/current/libpq-ssl.html), and those of `pg` alone. */
const TLS_PARAMETERS = ['sslmode', 'ssl', 'sslnegotiation', 'uselibpqcompat'];
/** `pg` checks the certificate for these as well, and prints a warning that it does. */
const ALIASES = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/;

/**
 * The URL for the driver, which would send the password in the clear to a database on another machine.
 * @param url one that `describeDatabase` can read
 */
export function requireTls(url: string): string {
  const { hostname = '', searchParams = new URLSearchParams() } = tryParseUrl(url) ?? {};
  if (searchParams.get('uselibpqcompat') === 'true') return url;
  if (TLS_PARAMETERS.some((name) => searchParams.has(name))) return url.replace(ALIASES, '$1verify-full');
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  const isLocal = host === '' || host.startsWith('/') || isLoopback(host);
  return isLocal ? url : `${url}${url.includes('?') ? '&' : '?'}sslmode=verify-full`;
}
