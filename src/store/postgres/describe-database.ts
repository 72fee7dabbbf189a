/** What may be shown of a database's URL. */
import pg from 'pg';
import { OperatorError } from '../../lib/operator-error.ts';

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
    if (/^postgres(ql)?:\/\//.test(url)) return new pg.Client({ connectionString: url });
  } catch {
    // said below
  }
  throw new OperatorError(
    'the URL of the database can not be read: it must be postgres://user:password@host:port/database, with special characters as %XX',
  );
}
