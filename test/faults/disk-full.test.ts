/** A disk without room: a small file system where the machine allows one, and a limit on the size of files. */
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/lib/log.ts';
import { startDiskWatch } from '../../src/server/monitoring/disk-watch.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { MAIN, runCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

/** 8 MiB. */
function smallDisk(): string {
  const place = mkdtempSync(join(tmpdir(), 'flux-mirror-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'flux-mirror-test', place], { stdio: 'ignore' });
  onTestFinished(() => {
    execFileSync('umount', [place]);
    rmSync(place, { recursive: true });
  });
  return place;
}

/** Takes all the room that is left. @returns gives it back */
function fill(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  // Ever smaller files, so that not even a small write finds room.
  for (let bytes = 4 * 1024 * 1024; bytes >= 512; ) {
    try {
      writeFileSync(`${ballast}-${randomUUID()}`, 'x'.repeat(bytes));
    } catch {
      bytes /= 2;
    }
  }
  return () => {
    execFileSync('sh', ['-c', `rm -f ${ballast}*`]);
  };
}

const [FIRST, SECOND, THIRD] = numberedIds(3);

describe('a full disk', () => {
  test('reads work, writes get 503, the log and /readyz say why, and freed space resolves it without a restart', async (context) => {
    requireOnMachine(context, 'mount'); // the limit below shows the same
    const disk = smallDisk();
    const here = await startTestMirror({ dataDir: disk });
    const ready = async () => {
      const answer = await here.get('/readyz');
      return [answer.status, ((await answer.json()) as { reasons: string[] }).reasons] as const;
    };
    here.simulator.seed([FIRST, SECOND, THIRD].map((id) => documentText({ id, prompt: 'x'.repeat(20_000) })));
    await here.post({ action: 'retrieve', id: FIRST });
    const lines: string[] = [];
    const log = createLog({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });
    const diskWatch = startDiskWatch(here.store, log);
    onTestFinished(() => diskWatch.stop());
    await diskWatch.check();

    const makeRoom = fill(disk);
    expect(statSync(join(disk, 'mirror.db')).size).toBeGreaterThan(0);
    // What was fetched is served, but said not to be stored.
    const miss = await here.post({ action: 'retrieve', id: SECOND });
    expect([miss.status, miss.headers.get('cache-status')]).toEqual([200, 'flux-mirror; fwd=miss']);
    expect(await miss.text()).toContain(SECOND);
    const tracked = await here.request('/api/tracked', {
      method: 'POST',
      body: JSON.stringify({ ids: [THIRD] }),
    });
    expect(tracked.status).toBe(503);
    expect(await tracked.json()).toMatchObject({ error: { code: 'api_error' } });
    const reads = { asked: 0, failed: 0 };
    for (let n = 0; n < 20; n += 1) {
      const hit = await here.post({ action: 'retrieve', id: FIRST });
      const search = await here.get('/api/search?q=xxxx*');
      reads.asked += 2;
      if (hit.headers.get('cache-status') !== 'flux-mirror; hit') reads.failed += 1;
      if (search.status !== 200) reads.failed += 1;
    }
    expect(reads.failed).toBe(0);
    await diskWatch.check();
    await diskWatch.check();
    expect(await ready()).toEqual([200, [expect.stringContaining('the disk is full')]]);
    expect(lines.filter((line) => line.includes('the disk is full'))).toHaveLength(1);
    expect(await (await here.get('/metrics')).text()).toContain('flux_mirror_storage_writable 0');
    const sent = here.simulator.requests.length;
    for (let run = 0; run < 10; run += 1) await here.mirror.runner.run({ trigger: 'schedule' });
    expect(here.simulator.requests.length).toBe(sent); // no storm

    makeRoom();
    const started = performance.now();
    await diskWatch.check();
    expect(lines.at(-1)).toContain('again');
    expect(await ready()).toEqual([200, []]);
    const again = await here.post({ action: 'retrieve', id: SECOND });
    expect(again.headers.get('cache-status')).toBe('flux-mirror; fwd=miss; stored');
    const recoveredAfter = (performance.now() - started) / 1000;
    expect(await here.store.audit()).toEqual([]);
    await here.restart();
    expect((await here.post({ action: 'retrieve', id: SECOND })).headers.get('cache-status')).toBe(
      'flux-mirror; hit',
    );
    showFigure(
      context,
      `${reads.failed} of ${reads.asked} reads failed; stored again ${recoveredAfter.toFixed(2)} s after there was room`,
    );
  });
});

describe('a disk that is already full', () => {
  test('a server starts on it, serves what is stored, and stores again once there is space', async (context) => {
    requireOnMachine(context, 'mount');
    const disk = smallDisk();
    const here = await startTestMirror({ dataDir: disk });
    here.simulator.seed([FIRST, SECOND].map((id) => documentText({ id })));
    await here.post({ action: 'retrieve', id: FIRST });
    await here.mirror.stop();
    // SQLite shares memory by a file of 32 KiB beside the database, without which nobody can even read.
    const room = join(disk, 'room');
    writeFileSync(room, 'x'.repeat(36 * 1024));
    const makeRoom = fill(disk);
    rmSync(room);
    const reading = await runCli(['get', FIRST, '--data-dir', disk]);
    expect([reading.code, reading.stdout]).toEqual([0, expect.stringContaining(FIRST)]);
    const writing = await runCli(['import', '-', '--data-dir', disk], {
      input: documentText({ id: THIRD, prompt: 'x'.repeat(200_000) }),
    });
    expect([writing.code, writing.stderr]).toEqual([1, expect.stringMatching(/full: free some space/)]);

    await here.restart();
    expect((await here.post({ action: 'retrieve', id: FIRST })).headers.get('cache-status')).toBe(
      'flux-mirror; hit',
    );
    expect(await (await here.get('/readyz')).json()).toMatchObject({
      status: 'ready',
      reasons: [expect.stringContaining('the disk is full')],
    });
    makeRoom();
    const stored = await here.post({ action: 'retrieve', id: SECOND });
    expect(stored.headers.get('cache-status')).toBe('flux-mirror; fwd=miss; stored');
    expect(await here.store.audit()).toEqual([]);
  });
});

describe('a file size limit', () => {
  test('has the same effect on an unattended mirror, until the limit is lifted', async (context) => {
    requireOnMachine(context, 'prlimit');
    const simulator = await startSimulator({ token: 't' });
    onTestFinished(() => simulator.stop());
    simulator.seed([FIRST, SECOND, THIRD].map((id) => documentText({ id, prompt: 'y'.repeat(200_000) })));
    // The signal that goes with the limit would end the process; ignored, the write fails.
    const child = spawn('sh', ['-c', `trap '' XFSZ; exec "${process.execPath}" "${MAIN}" serve --port 0`], {
      cwd: temporaryDirectory(),
      env: {
        PATH: process.env.PATH,
        ACEDATACLOUD_API_TOKEN: 't',
        ACEDATACLOUD_API_BASE_URL: simulator.url,
        FLUX_MIRROR_ARCHIVE_IMAGES: 'false',
        FLUX_MIRROR_SYNC_CRON: 'off',
      },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [, url] = await watch(child)(/listens on (\S+)/);
    const limit = (bytes: string) =>
      execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`]);
    const retrieve = (id: string) =>
      fetch(`${url}/flux/tasks`, { method: 'POST', body: JSON.stringify({ action: 'retrieve', id }) });

    expect((await retrieve(FIRST)).headers.get('cache-status')).toContain('stored');
    limit('4096');
    const miss = await retrieve(SECOND);
    expect([miss.status, miss.headers.get('cache-status')]).toEqual([200, 'flux-mirror; fwd=miss']);
    expect((await retrieve(FIRST)).headers.get('cache-status')).toBe('flux-mirror; hit');
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({
      reasons: [expect.stringMatching(/^the disk/)],
    });
    limit('unlimited');
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ reasons: [] });
    expect((await retrieve(THIRD)).headers.get('cache-status')).toContain('stored');
  });
});
