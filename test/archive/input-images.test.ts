/** The images that tasks were given to work on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SettingName } from '../../src/config/setting-table.ts';
import { findArtifact, getInputIndex, numberInput } from '../../src/task/image-number.ts';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { filesIn, picture, removeUnused, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const [ID, OTHER_ID] = numberedIds(2);

/** A mirror with an edit whose result and input are on a host. */
async function withEdit(settings: Partial<Record<SettingName, string>> = {}) {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host, ...settings });
  host.serve('/result', await picture('png'));
  host.serve('/input', await picture('jpeg', { shade: 9, width: 300 }));
  const edit = async (id = ID, image: unknown = `${host.url}/input`) => {
    const request = { action: 'edit', prompt: 'with a hat', image_url: image };
    await storeTaskWithImages(here, id, [`${host.url}/result`], { more: { request } });
  };
  const readDetails = async (id = ID) => (await here.get(`/api/tasks/${id}/details`)).json();
  return { here, host, edit, readDetails };
}

describe('the input image of an edit', () => {
  test('is archived, shown beside the result, and no result itself', async () => {
    const { here, host, edit, readDetails } = await withEdit();
    await edit();
    expect(await here.mirror.archiver.run()).toEqual({ archived: 2, failed: 0 });
    const { inputs, images } = await readDetails();
    expect(inputs).toMatchObject([{ url: `${host.url}/input`, local: { width: 300 } }]);
    expect(images).toHaveLength(1);
    const { sha256 } = inputs[0].local;
    const answer = await here.get(`/images/${sha256}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    await answer.arrayBuffer();
    // A task is found by what it has made, not by what it was given.
    const find = async (hash: string) =>
      (await (await here.get(`/api/search?q=${hash}`)).json()).items.map((item: { id: string }) => item.id);
    expect([await find(images[0].local.sha256), await find(sha256)]).toEqual([[ID], []]);
    expect((await here.store.imagesOf([ID])).map(({ n }) => n)).toEqual([0]);
  });

  test('several inputs keep their order, and one that can be fetched does not wait for one that can not', async () => {
    const { here, host, edit, readDetails } = await withEdit();
    await edit(ID, [
      `${host.url}/gone`,
      `${host.url}/input`,
      'data:image/png;base64,AAAA',
      `${host.url}/result`,
    ]);
    await here.mirror.archiver.run();
    const { inputs } = await readDetails();
    expect(inputs.map(({ local }: { local: object | null }) => local !== null)).toEqual([false, true, true]);
    const { items } = await (await here.get('/api/images/failing')).json();
    expect(items).toMatchObject([{ id: ID, image: 0, is_input: true }]);
  });

  test('the same picture is stored once, and stays while another task has it', async () => {
    const { here, host, edit } = await withEdit();
    await edit(ID, `${host.url}/result`);
    await here.mirror.archiver.run();
    const forget = async (id: string) =>
      (
        await here.request('/api/forget', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ids: [id] }),
        })
      ).json();
    const files = () => filesIn(here.config.dataDir, 'images');
    expect(files()).toHaveLength(1);
    await edit(OTHER_ID);
    await here.mirror.archiver.run();
    expect(files()).toHaveLength(2);
    await forget(ID);
    await removeUnused(here);
    expect(files()).toHaveLength(2);
    await forget(OTHER_ID);
    await removeUnused(here);
    expect(files()).toEqual([]);
  });

  test('is not fetched if the mirror is told so, not even if it was queued before', async () => {
    const { here, host, edit, readDetails } = await withEdit();
    await edit();
    await here.restart({ archiveInputs: 'false' });
    await edit(OTHER_ID);
    await here.mirror.archiver.run();
    expect(host.paths.filter((path) => path === '/input')).toEqual([]);
    expect((await readDetails()).inputs).toMatchObject([{ local: null }]);
    expect(await here.store.imageStats()).toMatchObject({ archived: 1, wanted: 0 });
  });
});

test('numbers of inputs and of results never meet', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1000 }), (index) => {
      expect(getInputIndex(numberInput(index))).toBe(index);
      expect(getInputIndex(index)).toBeUndefined();
    }),
  );
  const document = { request: { image_url: 'https://img.example/in.png' }, response: { data: [] } };
  expect(findArtifact(document, numberInput(0))).toEqual({
    kind: 'images',
    url: 'https://img.example/in.png',
  });
  expect([findArtifact(document, 0), findArtifact(document, numberInput(1))]).toEqual([undefined, undefined]);
});
