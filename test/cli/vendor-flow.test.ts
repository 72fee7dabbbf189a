import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { startCli, watch } from '../helpers/cli.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const TOKEN = 'client-token';

interface TaskAnswer {
  response?: { success: boolean; data: { image_url: string }[] };
}

/** What the vendor's clients do: generate, poll until it is done, read the image. All they know is a base URL and a token. */
async function vendorClient(baseUrl: string, prompt: string, onAccepted?: (id: string) => Promise<void>) {
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const generate = { action: 'generate', model: 'flux-dev', size: '1024x1024', prompt, async: true };
  const { task_id: id } = (await post('/flux/images', generate)) as { task_id: string };
  await onAccepted?.(id);
  for (;;) {
    const { response } = (await post('/flux/tasks', { action: 'retrieve', id })) as TaskAnswer;
    if (response?.success) {
      const image = await fetch(response.data[0]?.image_url ?? '');
      return { id, bytes: Buffer.from(await image.arrayBuffer()) };
    }
    await delay(200);
  }
}

test('the vendor’s flow works with only the base URL changed, and its tasks are served without the upstream', async () => {
  const simulator = await startSimulator({ token: TOKEN, taskDurationMs: 1500 });
  onTestFinished(() => simulator.stop());
  const direct = await vendorClient(simulator.url, 'a hippo in the direct sun');
  expect(direct.bytes.subarray(1, 4).toString()).toBe('PNG');

  const serving = startCli(['serve', '--port', '0', '--data-dir', temporaryDirectory()], {
    env: {
      ACEDATACLOUD_API_BASE_URL: simulator.url,
      ACEDATACLOUD_API_TOKEN: TOKEN,
      FLUX_MIRROR_ARCHIVE_IMAGES: 'true',
      FLUX_MIRROR_PENDING_TTL: '300ms',
      FLUX_MIRROR_IMAGE_ALLOW_HOSTS: new URL(simulator.url).host,
    },
  });
  const [, mirrorUrl = ''] = await watch(serving)(/listens on (\S+)/);
  const search = async () => {
    const answer = await fetch(`${mirrorUrl}/api/search?q=mirrored hippo`);
    return ((await answer.json()) as { items: { id: string; state: string; images: { local: unknown }[] }[] })
      .items;
  };

  const mirrored = await vendorClient(mirrorUrl, 'a hippo in the mirrored sun', async (id) => {
    expect(await search()).toMatchObject([{ id, state: 'pending' }]);
  });
  expect(mirrored.bytes.subarray(1, 4).toString()).toBe('PNG');
  await expect.poll(async () => (await search())[0]?.images[0]?.local, { timeout: 30_000 }).not.toBeNull();
  const document = simulator.documentText(mirrored.id);

  await simulator.stop();
  const retrieve = await fetch(`${mirrorUrl}/flux/tasks`, {
    method: 'POST',
    body: JSON.stringify({ action: 'retrieve', id: mirrored.id }),
  });
  expect(await retrieve.text()).toBe(document);
  const local = (await search())[0]?.images[0]?.local as { url: string; thumb_url: string };
  const image = await fetch(mirrorUrl + local.url);
  expect(Buffer.from(await image.arrayBuffer()).equals(mirrored.bytes)).toBe(true);
  const thumb = await fetch(mirrorUrl + local.thumb_url);
  expect([thumb.status, thumb.headers.get('content-type')]).toEqual([200, 'image/webp']);
});
