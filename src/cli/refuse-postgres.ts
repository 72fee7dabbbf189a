/** Commands about the files of SQLite are wrong for a mirror in PostgreSQL, which has tools of its own. */
import type { Config } from '../config/config.ts';
import { SETTINGS } from '../config/setting-table.ts';
import { CommandFailed, EXIT } from './failure.ts';

/** @param command as it is typed @throws CommandFailed if the mirror is in PostgreSQL */
export function refusePostgres({ databaseUrl }: Pick<Config, 'databaseUrl'>, command: string): void {
  if (databaseUrl === undefined) return;
  throw new CommandFailed(
    `\`${command}\` is about a database in the data directory, but ${SETTINGS.databaseUrl.env} is set: use pg_dump and pg_restore`,
    EXIT.usage,
  );
}
