import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSpool, type SpoolEntry } from '../../src/generation/spool.ts';
import { numberedIds } from '../helpers/documents.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

test('an entry truncated by a full disk affects no other entry, and is kept', async () => {
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'spool.jsonl');
  const spool = createSpool(dataDir);
  const [first, second] = numberedIds(2);
  const entry = (id: SpoolEntry['id']) => ({
    id,
    kind: 'images' as const,
    request: '{"prompt":"a cat"}',
    atMs: 1,
  });
  await spool.add(entry(first));
  appendFileSync(file, '\n{"id":"cut');
  await spool.add(entry(second));

  const taken: SpoolEntry[] = [];
  const drained = await spool.drain(async (one) => void taken.push(one));
  expect(taken).toEqual([entry(first), entry(second)]);
  expect(drained).toEqual({ taken: 2, setAside: join(dataDir, 'spool.unreadable.jsonl') });
  expect(readFileSync(drained.setAside ?? '', 'utf8')).toBe('{"id":"cut\n');
  expect(existsSync(file)).toBe(false);
  expect(await spool.drain(async () => undefined)).toEqual({ taken: 0, setAside: undefined });
});

test('an entry that can’t be stored stays for the next start, with those before it', async () => {
  const spool = createSpool(temporaryDirectory());
  const [id] = numberedIds(1);
  await spool.add({ id, kind: 'images', request: '{}', atMs: 1 });
  await expect(spool.drain(() => Promise.reject(new Error('the disk is full')))).rejects.toThrow('full');
  expect((await spool.drain(async () => undefined)).taken).toBe(1);
});
