/** Images in web pages of other origins: `<img>` without `crossorigin` sends no `Origin`. */
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { SettingName } from '../../src/config/setting-table.ts';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const [ID] = numberedIds(1);
const PAGE = 'https://app.example';

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

async function mirrorWithPicture(settings: Partial<Record<SettingName, string>>) {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host, ...settings });
  host.serve('/1', await picture('png', { width: 40, height: 20 }));
  await storeTaskWithImages(here, ID, [`${host.url}/1`]);
  await here.mirror.archiver.run();
  const [{ sha256 } = { sha256: '' }] = await here.store.imagesOf([ID]);
  /** As a browser sends it: `fetch` does not allow these headers to be set. */
  const load = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request(`${here.mirror.url}${path}`, { method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += String(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      });
      sent.on('error', reject).end();
    });
  return { load, image: `/images/${sha256}`, thumbnail: `/thumbs/${sha256}` };
}

const from = (referer: string | undefined, site = 'cross-site') => ({
  'sec-fetch-site': site,
  'sec-fetch-mode': 'no-cors',
  'sec-fetch-dest': 'image',
  ...(referer === undefined ? {} : { referer }),
});

describe('an image in a page', () => {
  test('of an allowed origin loads, of any other it does not', async () => {
    const { load, image, thumbnail } = await mirrorWithPicture({
      allowedOrigins: `${PAGE},http://localhost:3000`,
    });
    for (const path of [image, thumbnail]) {
      for (const headers of [
        from(`${PAGE}/`),
        from(`${PAGE}/some/page?x`, 'same-site'),
        from('HTTP://LOCALHOST:3000/'),
      ]) {
        const answer = await load(path, headers);
        expect([answer.status, answer.headers['cross-origin-resource-policy']]).toEqual([
          200,
          'cross-origin',
        ]);
        expect(String(answer.headers.vary).toLowerCase()).toContain('sec-fetch-site');
      }
      for (const referer of [
        undefined,
        'https://evil.example/',
        `https://evil.example/?${PAGE}/`,
        `${PAGE}.evil.example/`,
        `${PAGE}:444/`,
        'http://app.example/',
        'nonsense',
      ]) {
        const answer = await load(path, from(referer));
        expect(answer.status).toBe(403);
        expect(answer.body).toContain('FLUX_MIRROR_ALLOWED_ORIGINS');
      }
    }
  });

  test('of an allowed origin says so in every answer, and a browser without fetch metadata keeps it from the others', async () => {
    const { load, image } = await mirrorWithPicture({ allowedOrigins: PAGE });
    const policyOf = async (headers: Record<string, string>) =>
      (await load(image, headers)).headers['cross-origin-resource-policy'];
    const { headers } = await load(image, from(`${PAGE}/`));
    const again = await load(image, { ...from(`${PAGE}/`), 'if-none-match': String(headers.etag) });
    expect([again.status, again.headers['cross-origin-resource-policy']]).toEqual([304, 'cross-origin']);
    expect(await policyOf({ ...from(`${PAGE}/`), range: 'bytes=0-3' })).toBe('cross-origin');
    expect(await policyOf({ origin: PAGE })).toBe('cross-origin');
    expect(await policyOf({ referer: `${PAGE}/` })).toBe('cross-origin');
    expect(await policyOf({ referer: 'https://evil.example/' })).toBe('same-origin');
    expect(await policyOf({})).toBe('same-origin');
  });

  test('is the only request that a Referer allows', async () => {
    const { load, image } = await mirrorWithPicture({ allowedOrigins: PAGE });
    const headers = from(`${PAGE}/`);
    for (const path of ['/api/stats', '/api/search?q=cat', '/healthz', `/api/x/images/1`])
      expect((await load(path, headers)).status).toBe(403);
    expect((await load(image, headers, 'POST')).status).toBe(403);
    expect((await load(image, { ...headers, origin: 'https://evil.example' })).status).toBe(403);
    expect((await load('/healthz', {})).headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  test('of another origin does not load where none is allowed, but the image of the mirror’s own page does', async () => {
    const { load, image } = await mirrorWithPicture({});
    expect((await load(image, from(`${PAGE}/`))).status).toBe(403);
    expect((await load(image, from('http://127.0.0.1/', 'same-origin'))).status).toBe(200);
  });
});
