import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { requireTls } from '../../../src/store/postgres/tls.ts';
import { document } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { runSql } from '../../helpers/postgres.ts';
import { giveToPostgres, startOwnPostgres } from '../../helpers/postgres-server.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { temporaryDirectory } from '../../helpers/test-mirror.ts';

describe('the URL for the driver', () => {
  test.each([
    'postgres://me:secret@127.0.0.1:5432/flux',
    'postgres://me@[::1]/flux',
    'postgres://localhost/flux?application_name=x',
    'postgres:///flux',
    'postgres://me@/flux?host=/run/postgresql',
    'postgres://me@%2Frun%2Fpostgresql/flux',
    'postgres://me@db.internal/flux?sslmode=disable',
    'postgres://me@db.internal/flux?sslmode=no-verify',
    'postgres://me@db.internal/flux?sslmode=verify-full&sslrootcert=/ca.pem',
    'postgres://me@db.internal/flux?sslmode=require&uselibpqcompat=true',
    'postgres://me@db.internal/flux?ssl=true',
  ])('stays as it is: %s', (url) => {
    expect(requireTls(url)).toBe(url);
  });

  test.each([
    [
      'postgres://me:p%23w@db.internal:5432/flux',
      'postgres://me:p%23w@db.internal:5432/flux?sslmode=verify-full',
    ],
    ['postgres://10.0.0.7/flux?pool=1', 'postgres://10.0.0.7/flux?pool=1&sslmode=verify-full'],
    ['postgres:///flux?host=db.internal', 'postgres:///flux?host=db.internal&sslmode=verify-full'],
    ['postgres://db/flux?sslmode=require', 'postgres://db/flux?sslmode=verify-full'],
    ['postgres://db/flux?a=b&sslmode=verify-ca&c=d', 'postgres://db/flux?a=b&sslmode=verify-full&c=d'],
  ])('asks for a certificate that is checked: %s', (url, expected) => {
    expect(requireTls(url)).toBe(expected);
  });
});

/** A self-signed certificate for `localhost`, and its key. */
function createCertificate(): { cert: string; key: string } {
  const directory = temporaryDirectory();
  const [cert, key] = [join(directory, 'server.crt'), join(directory, 'server.key')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...how, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  chmodSync(directory, 0o755);
  giveToPostgres(key);
  return { cert, key };
}

describe('a database with TLS', () => {
  beforeEach((context) => {
    requireOnMachine(context, 'postgres-programs');
    requireOnMachine(context, 'openssl');
  });
  const open = (url: string) => openPostgresStore({ url, kind: 'server', clock: new ManualClock() });

  test('is used when its certificate is known, and else refused in one line that says what to do', async () => {
    const certificate = createCertificate();
    const server = await startOwnPostgres({
      ...{ ssl: 'on', ssl_cert_file: certificate.cert, ssl_key_file: certificate.key },
    });
    const plain = server.urlOf('postgres');
    const named = plain.replace('127.0.0.1', 'localhost');
    const store = await open(`${named}?sslmode=verify-full&sslrootcert=${certificate.cert}`);
    await store.storeDocuments({ documents: [document({ id: 'a' })], requestSeq: 1, fetchedAtMs: 1 });
    const connections = await runSql(
      plain,
      "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'flux-mirror'",
    );
    expect(connections).toEqual([{ ssl: true }]);
    await store.close();

    const advice = /sslrootcert=.*sslmode=disable/;
    for (const url of [
      `${named}?sslmode=verify-full`, // nobody knows who has signed it
      `${named}?sslmode=require`,
      `${plain}?sslmode=verify-full&sslrootcert=${certificate.cert}`, // of another host
    ])
      await expect(open(url)).rejects.toMatchObject({
        name: 'UnusableDatabase',
        message: expect.stringMatching(advice),
      });
    await expect(open(`${named}?sslmode=verify-full&sslrootcert=/not/there.pem`)).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(/\/not\/there\.pem/),
    });
  });

  test('is missed where a database has none', async () => {
    const server = await startOwnPostgres();
    await expect(open(`${server.urlOf('postgres')}?sslmode=verify-full`)).rejects.toThrow(/sslmode=disable/);
  });
});
