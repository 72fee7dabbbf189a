/** What may be shown of a database's URL. */
import pg from 'pg';
import { getErrorCode } from '../../lib/errno.ts';
import { OperatorError } from '../../lib/operator-error.ts';
import { requireTls } from './tls.ts';

/**
 * The database and where it is, for people: never a user or a password.
 * @throws OperatorError if the URL can't be read; without the error of its parser, which quotes it
 */
export function describeDatabase(url: string): string {
  const { database, host, port } = parse(url);
  return `the database ${JSON.stringify(database)} at ${host}:${port}`;
}

function parse(url: string): pg.Client {
  try {
    if (/^postgres(ql)?:\/\//.test(url)) return new pg.Client({ connectionString: requireTls(url) });
  } catch (error) {
    // Of a certificate or key that the URL names; other errors quote the URL itself.
    if (error instanceof Error && getErrorCode(error) !== undefined && 'path' in error)
      throw new OperatorError(`the URL of the database names a file that can not be read: ${error.path}`, {
        cause: error,
      });
  }
  throw new OperatorError(
    'the URL of the database can not be read: it must be postgres://user:password@host:port/database, with special characters as %XX',
  );
}
