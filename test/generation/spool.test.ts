import { appendFileSync, existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

test('entries that come while others are imported stay, whatever their characters', async () => {
  const spool = createSpool(temporaryDirectory());
  const [first, second, third] = numberedIds(3);
  const entry = (id: SpoolEntry['id']) => ({
    id,
    kind: 'images' as const,
    request: '{"prompt":"猫"}',
    atMs: 1,
  });
  await spool.add(entry(first));
  const drainOnce = async (during: () => Promise<void> = async () => undefined) => {
    const taken: SpoolEntry[] = [];
    await spool.drain(async (one) => {
      taken.push(one);
      await during();
    });
    return [taken, spool.isEmpty];
  };
  const addTwo = async () => void (await Promise.all([spool.add(entry(second)), spool.add(entry(third))]));
  expect(await drainOnce(addTwo)).toEqual([[entry(first)], false]);
  expect(await drainOnce()).toEqual([[entry(second), entry(third)], true]);
  expect(await drainOnce()).toEqual([[], true]);
});

test('an entry that can’t be stored stays for the next time, with those before it', async () => {
  const spool = createSpool(temporaryDirectory());
  const [id] = numberedIds(1);
  await spool.add({ id, kind: 'images', request: '{}', atMs: 1 });
  await expect(spool.drain(() => Promise.reject(new Error('the disk is full')))).rejects.toThrow('full');
  expect((await spool.drain(async () => undefined)).taken).toBe(1);
});

test('a link in the place of the spool is reported, neither read, written to nor removed', async () => {
  const dataDir = temporaryDirectory();
  const elsewhere = join(temporaryDirectory(), 'elsewhere');
  const [id] = numberedIds(1);
  const line = JSON.stringify({ id, kind: 'images', request: '{}', at_ms: 1 });
  writeFileSync(elsewhere, line);
  symlinkSync(elsewhere, join(dataDir, 'spool.jsonl'));
  const spool = createSpool(dataDir);
  const taken: SpoolEntry[] = [];
  await expect(spool.drain(async (one) => void taken.push(one))).rejects.toThrow('spool.jsonl is a link');
  await expect(spool.add({ id, kind: 'images', request: '{}', atMs: 1 })).rejects.toThrow('is a link');
  expect(taken).toEqual([]);
  expect(readFileSync(elsewhere, 'utf8')).toBe(line);
  expect(lstatSync(join(dataDir, 'spool.jsonl')).isSymbolicLink()).toBe(true);
});

test('nor are unreadable lines written through a link; they stay where they are', async () => {
  const dataDir = temporaryDirectory();
  const elsewhere = join(temporaryDirectory(), 'elsewhere');
  writeFileSync(join(dataDir, 'spool.jsonl'), '{"id":"cut\n');
  symlinkSync(elsewhere, join(dataDir, 'spool.unreadable.jsonl'));
  const drained = createSpool(dataDir).drain(async () => undefined);
  await expect(drained).rejects.toThrow('spool.unreadable.jsonl is a link');
  expect(existsSync(elsewhere)).toBe(false);
  expect(readFileSync(join(dataDir, 'spool.jsonl'), 'utf8')).toBe('{"id":"cut\n');
});
