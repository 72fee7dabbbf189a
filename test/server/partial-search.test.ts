/** Searching while the last word is typed. */
import { expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

test('the last word is a prefix while it is typed, outside quotes and values', async () => {
  const mirror = await startTestMirror();
  const prompts = ['a red lighthouse', 'a red light', 'a blue lighthouse'];
  mirror.simulator.seed(
    prompts.map((prompt, at) => documentText({ id: numberedIds(3)[at] ?? '', prompt, createdAt: 1e9 + at })),
  );
  await mirror.post({ action: 'retrieve_batch', limit: 10 });
  const find = async (q: string, partial: string) => {
    const answer = await mirror.get(`/api/search?${new URLSearchParams({ q, partial, sort: 'oldest' })}`);
    return ((await answer.json()) as { items: { prompt: string }[] }).items.map(({ prompt }) => prompt);
  };
  expect(await find('red lig', 'true')).toEqual(['a red lighthouse', 'a red light']);
  expect(await find('red light', 'true')).toEqual(['a red lighthouse', 'a red light']);
  expect(await find('red light', 'false')).toEqual(['a red light']);
  expect(await find('red lig ', 'true')).toEqual([]);
  expect(await find('"red lig', 'true')).toEqual([]);
  expect(await find('"red" lig', 'true')).toEqual(['a red lighthouse', 'a red light']);
  expect(await find('red state:succeeded', 'true')).toEqual(['a red lighthouse', 'a red light']);
});
