import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import { startTestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

const [ID] = numberedIds(1);

/** Everything below a directory that others than its owner may use. */
function listPublic(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (lstatSync(path).mode & 0o077) !== 0)
    .map((path) => path.slice(directory.length + 1));
}

test.skipIf(process.platform === 'win32')(
  'everything in the data directory is the owner’s alone, whatever the umask',
  async (context) => {
    requireSqlite(context);
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    const host = await imageHost();
    host.serve('/1', await picture('png'));
    const here = await startTestMirror({ imageAllowHosts: host.host });
    await storeTaskWithImages(here, ID, [`${host.url}/1`]);
    await here.mirror.archiver.run();
    const [image] = await here.store.imagesOf([ID]);
    await (await here.get(`/thumbs/${image?.sha256}`)).arrayBuffer();
    const { dataDir } = here.config;
    // A child has the umask of its parent.
    const command = (name: string, input = '', ...args: string[]) =>
      runCli([name, ...args, '--data-dir', dataDir], { input });
    await command('import', documentText({ id: ID }), '-');
    await command('backup');
    expect(readdirSync(dataDir)).toEqual(
      expect.arrayContaining(['mirror.db-wal', 'lock.db', 'writers.lock.db', 'owner.json', 'thumbs']),
    );
    expect(listPublic(dataDir)).toEqual([]);
    await here.mirror.stop();
    await command('restore', '', join(dataDir, 'backups', readdirSync(join(dataDir, 'backups'))[0] ?? ''));
    expect(listPublic(dataDir)).toEqual([]);
  },
);

test.skipIf(process.platform === 'win32')(
  'what others may read is made private at the start, but not what is someone else’s',
  async () => {
    const dataDir = join(temporaryDirectory(), 'data');
    const here = await startTestMirror({ dataDir });
    await here.mirror.stop();
    for (const folder of ['images', 'thumbs', 'backups'])
      mkdirSync(join(dataDir, folder), { recursive: true, mode: 0o755 });
    for (const file of ['backups/old.db', 'spool.unreadable.jsonl', 'owner.json'])
      writeFileSync(join(dataDir, file), '');
    for (const name of readdirSync(dataDir))
      chmodSync(join(dataDir, name), statSync(join(dataDir, name)).isDirectory() ? 0o755 : 0o644);
    chmodSync(dataDir, 0o755);
    await here.restart();
    expect(listPublic(dataDir)).toEqual([]);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);

    chmodSync(dataDir, 0o755);
    const elsewhere = join(temporaryDirectory(), 'backups');
    mkdirSync(elsewhere);
    chmodSync(elsewhere, 0o755);
    symlinkSync(elsewhere, join(dataDir, 'thumbs', 'link'));
    writeFileSync(join(dataDir, 'notes.txt'), '');
    chmodSync(join(dataDir, 'notes.txt'), 0o644);
    await here.restart();
    expect(statSync(dataDir).mode & 0o777).toBe(0o755);
    expect(statSync(join(dataDir, 'notes.txt')).mode & 0o777).toBe(0o644);
    expect(statSync(elsewhere).mode & 0o777).toBe(0o755);
  },
);
