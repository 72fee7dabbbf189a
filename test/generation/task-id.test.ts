import { expect, test } from 'vitest';
import { tapTaskId } from '../../src/generation/task-id.ts';
import type { TaskId } from '../../src/task/id.ts';
import { measureCpuMs } from '../helpers/cpu-time.ts';
import { numberedIds } from '../helpers/documents.ts';

const [ID] = numberedIds(1);

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What is forwarded, and the ids with the number of bytes that were forwarded before each. */
async function tap(text: string, chunkSize: number) {
  const forwarded: Uint8Array[] = [];
  const ids: [TaskId, number][] = [];
  const count = () => forwarded.reduce((sum, { length }) => sum + length, 0);
  const chunks = tapTaskId(inChunks(Buffer.from(text), chunkSize), async (id) => {
    ids.push([id, count()]);
  });
  for await (const chunk of chunks) forwarded.push(chunk);
  return { text: Buffer.concat(forwarded).toString(), ids };
}

test.each([1, 7, 1000])(
  'lines are forwarded unchanged and the id is read before its line, in chunks of %i',
  async (size) => {
    const text = `{"progress":1}\n\n{"task_id":"${ID}"}\n{"task_id":"other"}\nno end`;
    expect(await tap(text, size)).toEqual({ text, ids: [[ID, 16]] });
    const last = `{"progress":1}\n{"id":"${ID}"}`;
    expect(await tap(last, size)).toEqual({ text: last, ids: [[ID, 15]] });
  },
);

test('a line of 8 MiB without an end, in small chunks, is read in linear time', async () => {
  const picture = 'x'.repeat(8 * 1024 * 1024);
  for (const text of [picture, `{"image":"${picture}","task_id":"${ID}"}`]) {
    let result: Awaited<ReturnType<typeof tap>> | undefined;
    const ms = await measureCpuMs(async () => {
      result = await tap(text, 1024);
    });
    expect(result?.text === text).toBe(true);
    expect(result?.ids).toEqual(text === picture ? [] : [[ID, 0]]);
    // Copying all that came before for each chunk took half a minute.
    expect(ms).toBeLessThan(5000);
  }
});
