import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createArchiver } from '../../src/archive/archiver.ts';
import { createImageFiles } from '../../src/archive/files.ts';
import type { Config } from '../../src/config/config.ts';
import type { SettingName } from '../../src/config/setting-table.ts';
import { createLog } from '../../src/lib/log.ts';
import { createSafeFetch, type SafeFetch } from '../../src/outbound/safe-fetch.ts';
import type { TaskId } from '../../src/task/id.ts';
import { createAnimatedPng, createAnimatedWebp, createBlackPng, createGif } from '../helpers/bombs.ts';
import { startCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { type ImageAnswer, type ImageHost, imageHost } from '../helpers/image-host.ts';
import { type Format, filesIn, picture, storeTaskWithImages } from '../helpers/images.ts';
import { shareDecoder } from '../helpers/shared-decoder.ts';
import { createEngineEnv } from '../helpers/test-engine.ts';
import { startTestMirror, type TestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

const DAY_MS = 86_400_000;
const [ID, OTHER_ID] = numberedIds(2);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A mirror that may fetch from an image host, but does so only when told. */
async function withHost(
  settings: Partial<Record<SettingName, string>> = {},
): Promise<{ here: TestMirror; host: ImageHost; archive: (id: TaskId, urls: string[]) => Promise<unknown> }> {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host, ...settings });
  const archive = async (id: TaskId, urls: string[]) => {
    await storeTaskWithImages(here, id, urls);
    return here.mirror.archiver.run();
  };
  return { here, host, archive };
}

const imageFiles = ({ dataDir }: Pick<Config, 'dataDir'>) => filesIn(dataDir, 'images').sort();

describe('archiving', () => {
  test.each<[Format, string, string]>([
    ['png', 'image/png', 'png'],
    ['jpeg', 'image/jpeg', 'jpg'],
    ['webp', 'image/webp', 'webp'],
    ['gif', 'image/gif', 'gif'],
    ['avif', 'image/avif', 'avif'],
  ])('archives a %s, detected by its content', async (format, mediaType, ending) => {
    const { here, host, archive } = await withHost();
    const bytes = await picture(format);
    host.serve('/1', bytes);
    expect(await archive(ID, [`${host.url}/1`])).toEqual({ archived: 1, failed: 0 });
    const hash = sha256(bytes);
    expect(imageFiles(here.config)).toEqual([`${hash.slice(0, 2)}/${hash}.${ending}`]);
    const [image] = await here.store.imagesOf([ID]);
    expect(image).toMatchObject({
      n: 0,
      sha256: hash,
      mediaType,
      bytes: bytes.length,
      width: 400,
      height: 200,
    });
    expect(image?.thumbhash?.length).toBeGreaterThan(5);
  });

  test('fetches each image once, and stores identical bytes once', async () => {
    const { here, host, archive } = await withHost();
    const bytes = await picture('png');
    const other = await picture('png', { shade: 9 });
    host.serve('/a', bytes);
    host.serve('/b', bytes);
    host.serve('/c', other);
    await archive(ID, [`${host.url}/a`, `${host.url}/c`]);
    await archive(OTHER_ID, [`${host.url}/b`]);
    here.clock.advance(DAY_MS);
    await here.mirror.archiver.run();
    expect(host.paths.sort()).toEqual(['/a', '/b', '/c']);
    expect(imageFiles(here.config)).toHaveLength(2);
    expect(await here.store.imageStats()).toMatchObject({
      archived: 2,
      bytes: bytes.length + other.length,
      wanted: 0,
    });
    expect((await here.store.imagesOf([ID])).map(({ n, sha256 }) => [n, sha256])).toEqual([
      [0, sha256(bytes)],
      [1, sha256(other)],
    ]);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['gzip, br', (bytes) => brotliCompressSync(gzipSync(bytes))],
    ['identity', (bytes) => bytes],
  ])('decodes an image that is sent as %s although it was not asked for', async (encoding, encode) => {
    const { here, host, archive } = await withHost();
    const bytes = await picture('png');
    host.serve('/1', (response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(encode(bytes)),
    );
    expect(await archive(ID, [`${host.url}/1`])).toEqual({ archived: 1, failed: 0 });
    expect((await here.store.imagesOf([ID]))[0]?.sha256).toBe(sha256(bytes));
  });

  test.each([
    ['UTF-8', Buffer.from('/猫 é.png')],
    ['Latin-1', Buffer.from('/\xe9 \xfc.png', 'latin1')],
    ['percent-encoding', Buffer.from('/%E7%8C%AB')],
  ])('follows a redirect whose Location is in %s', async (encoding, location) => {
    const { host, archive } = await withHost();
    host.serve('/1', (response) => {
      response.socket?.write('HTTP/1.1 302 Found\r\nconnection: close\r\ncontent-length: 0\r\nlocation: ');
      response.socket?.write(location);
      response.socket?.end('\r\n\r\n');
    });
    const text = location.toString(encoding === 'Latin-1' ? 'latin1' : 'utf8');
    host.serve(encodeURI(decodeURI(text)), await picture('png'));
    expect(await archive(ID, [`${host.url}/1`])).toEqual({ archived: 1, failed: 0 });
  });

  test('applies the orientation of an image', async () => {
    const { here, host, archive } = await withHost();
    host.serve(
      '/1',
      await sharp(await picture('jpeg'))
        .withMetadata({ orientation: 6 })
        .toBuffer(),
    );
    await archive(ID, [`${host.url}/1`]);
    expect((await here.store.imagesOf([ID]))[0]).toMatchObject({ width: 200, height: 400 });
  });

  test('archives images of tasks that were stored while archiving was off', async () => {
    const { here, host } = await withHost();
    host.serve('/1', await picture('png'));
    await storeTaskWithImages(here, ID, [`${host.url}/1`]);
    expect(host.paths).toEqual([]);
    await here.restart({ archiveImages: 'true' });
    await expect.poll(async () => (await here.store.imageStats()).archived, { timeout: 30_000 }).toBe(1);
  });
});

const whole = picture('png', { width: 800, height: 800 });
const html: ImageAnswer = (response) =>
  response.writeHead(200, { 'content-type': 'image/png' }).end('<html><script>alert(1)</script></html>');
const svg: ImageAnswer = (response) =>
  response
    .writeHead(200, { 'content-type': 'image/svg+xml' })
    .end('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
const redirect =
  (location: string): ImageAnswer =>
  (response) =>
    response.writeHead(302, { location }).end();
const endless: ImageAnswer = (response) => {
  const block = Buffer.alloc(1 << 20, 1);
  const more = () => {
    while (!response.destroyed && response.write(block));
  };
  response.on('drain', more);
  more();
};

const COMPRESSED_ZEROS = gzipSync(Buffer.alloc(70_000_000));
/** Decoders accept most of them without their last byte. */
const CUT_OFF: readonly (readonly [string, () => Buffer | Promise<Buffer>])[] = [
  ['an animated GIF', () => createGif({ width: 10, height: 10, frames: 3 })],
  ['an animated WebP', () => createAnimatedWebp({ width: 10, height: 10, frames: 3 })],
  ['an animated PNG', () => createAnimatedPng(3)],
  ['a PNG', () => createBlackPng({})],
  ['a JPEG', () => picture('jpeg')],
  ['a WebP', () => picture('webp')],
  ['a GIF', () => picture('gif')],
  ['an AVIF', () => picture('avif')],
];

describe('an invalid or incomplete image leaves no file, and its reason is shown:', () => {
  test.for<[string, ImageAnswer, string]>([
    ['gone', (response) => response.writeHead(404).end(), 'its host answered 404'],
    ['an error', (response) => response.writeHead(503).end(), 'its host answered 503'],
    ['HTML that says it is a PNG', html, 'not a PNG, JPEG, WebP, GIF or AVIF image'],
    ['SVG', svg, 'not a PNG, JPEG, WebP, GIF or AVIF image'],
    ['nothing', (response) => response.writeHead(200).end(), 'empty'],
    [
      'an image that is cut off, with its length',
      async (response) => {
        const bytes = await whole;
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.resetAndDestroy());
      },
      'could not be fetched',
    ],
    [
      'an image that is cut off, without its length',
      async (response) => {
        const bytes = await whole;
        response.socket?.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
        response.socket?.end(bytes.subarray(0, bytes.length / 2));
      },
      'damaged or cut off',
    ],
    [
      '200 MB that it announces',
      (response) => response.writeHead(200, { 'content-length': 200_000_000 }).write('x'),
      'larger than 67108864 bytes',
    ],
    ['bytes without end', endless, 'larger than 67108864 bytes'],
    [
      'a redirect to a cloud’s metadata',
      redirect('http://169.254.169.254/latest/'),
      'refused: its link leads to a private address',
    ],
    ['a redirect to a file', redirect('file:///etc/passwd'), 'refused: its link is neither http nor https'],
    [
      'an unknown encoding',
      (response) => response.writeHead(200, { 'content-encoding': 'compress' }).end('x'),
      'sent in an encoding that is not known',
    ],
    [
      'gzip that is cut off',
      async (response) => {
        const bytes = gzipSync(await whole);
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes.subarray(0, bytes.length / 2));
      },
      'its compression is damaged or cut off',
    ],
    [
      'brotli that is none',
      (response) => response.writeHead(200, { 'content-encoding': 'br' }).end('no brotli at all'),
      'its compression is damaged or cut off',
    ],
    [
      'gzip that decodes to more than is archived',
      (response) =>
        response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(COMPRESSED_ZEROS)),
      'larger than 67108864 bytes',
    ],
    ...CUT_OFF.map(([name, create]): [string, ImageAnswer, string] => [
      `${name} that is cut off, without its length`,
      async (response) => {
        const bytes = await create();
        response.socket?.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
        response.socket?.end(bytes.subarray(0, -1));
      },
      'damaged or cut off',
    ]),
    ['a redirect in a circle', redirect('/1'), 'too many redirects'],
  ])('%s', async ([, answer, reason], context) => {
    const { here, host, archive } = await withHost();
    host.serve('/1', answer);
    expect(await archive(ID, [`${host.url}/1`])).toEqual({ archived: 0, failed: 1 });
    expect(imageFiles(here.config)).toEqual([]);
    const status = (await (await here.get('/api/stats')).json()) as {
      images: { reasons: { error: string }[] };
    };
    expect(status.images.reasons).toEqual([{ error: expect.stringContaining(reason), count: 1 }]);
    expect(await here.store.imagesOf([ID])).toEqual([]);
    showFigure(context, '0 kept or served');
  });

  test('too many pixels', async () => {
    const { here, host, archive } = await withHost();
    const size = { width: 10_100, height: 10_100, channels: 3 as const, background: 'red' };
    host.serve('/1', await sharp({ create: size, limitInputPixels: false }).png().toBuffer());
    await archive(ID, [`${host.url}/1`]);
    expect((await here.store.imageStats()).reasons).toEqual([{ error: 'too many pixels', count: 1 }]);
    expect(imageFiles(here.config)).toEqual([]);
  });
});

/** Places of this machine, where a server listens at PORT. */
const HERE = [
  // By name: as it stands, with a dot at the end, in capitals, in other letters, percent-encoded.
  ...['localhost', 'localhost.', 'LocalHost', 'ｌｏｃａｌｈｏｓｔ', 'loc%61lhost'],
  // By number: short, decimal, hexadecimal, octal, mixed, with a dot at the end, in other digits, percent-encoded.
  ...['127.0.0.1', '127.1', '127.0.1', '127.0.0.1.', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.1'],
  ...['0X7F.0.0.0x1', '017700000001', '0177.0.0.01', '0177.0x0.1', '0', '0.0.0.0', '00.0x0', '1２7.0.0.1'],
  ...['①②⑦.⓪.⓪.①', '127。0。0。1', '%31%32%37.0.0.1'],
  // In IPv6: itself, in full, unspecified, IPv4 mapped, translated, compatible, by NAT64, 6to4 and Teredo.
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:0:127.0.0.1]'],
  ...['[::127.0.0.1]', '[::7f00:1]', '[64:ff9b::127.0.0.1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]'],
  ...['[2001:0:7f00:1::80ff:fffe]'],
].map((place) => `http://${place}:PORT/1`);

const IN_THE_NETWORK = [
  // A cloud's metadata.
  ...['169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '[::ffff:169.254.169.254]'],
  ...['[fd00:ec2::254]', '[64:ff9b::a9fe:a9fe]', '[2002:a9fe:a9fe::1]', '100.100.100.200'],
  // Private, link-local, shared by a provider's customers, multicast, broadcast, for documents and tests, reserved.
  ...[
    '10.0.0.1',
    '10.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '3232235777',
    '[fe80::1]',
    '[fec0::1]',
  ],
  ...[
    '[fc00::1]',
    '[fd12:3456::1]',
    '100.64.0.1',
    '100.127.255.254',
    '224.0.0.1',
    '239.255.255.250',
    '[ff02::1]',
  ],
  ...['255.255.255.255', '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '240.0.0.1'],
  ...['[2001:db8::1]', '[::ffff:10.0.0.1]', '[64:ff9b::10.0.0.1]', '[2002:a00:1::1]', '[100::1]'],
].map((place) => `http://${place}/1`);

const NO_WAY_TO_AN_IMAGE = [
  ...[
    'file:///etc/passwd',
    'file://localhost/etc/passwd',
    'ftp://example.com/1',
    'gopher://127.0.0.1:PORT/1',
  ],
  ...['data:image/png;base64,iVBORw0KGgo=', 'javascript:alert(1)', 'blob:http://127.0.0.1:PORT/1'],
  ...[
    'http://example.com:22/1',
    'http://93.184.216.34:25/1',
    'https://example.com:80/1',
    'http://example.com:0/1',
  ],
  ...['http://user@example.com/1', 'http://u:p@93.184.216.34/1', 'http://example.com@127.0.0.1:PORT/1'],
  ...['http:\\\\127.0.0.1:PORT\\1', '//127.0.0.1:PORT/1', 'http://'],
];

test.for(['a link', 'a redirect'])(
  '%s into the local network is not followed, in any spelling',
  async (way, context) => {
    const [inside, outside] = [await imageHost(), await imageHost()];
    inside.serve('/1', await picture('png'));
    const here = await startTestMirror({ imageAllowHosts: outside.host });
    const { port } = new URL(inside.url);
    const places = [...HERE, ...IN_THE_NETWORK, ...NO_WAY_TO_AN_IMAGE].map((place) =>
      place.replace('PORT', port),
    );
    for (const [at, place] of places.entries())
      outside.serve(`/${at}`, redirect(place.replace(/[^ -~]+/g, encodeURIComponent)));
    const isLink = way === 'a link';
    const links = isLink ? places : places.map((_, at) => `${outside.url}/${at}`);
    // What is no address of the web is not even wanted.
    const tried = isLink ? places.filter((place) => /^https?:\/\//.test(place)) : places;
    await storeTaskWithImages(here, ID, links);
    expect(await here.mirror.archiver.run()).toEqual({ archived: 0, failed: tried.length });

    const failures = await here.store.failingImages(places.length);
    // Not every system knows each of these names; one that it does not know leads nowhere.
    const isNoName = (place: string, error: string) =>
      /l?o?c?a?l?host/i.test(place) && /ENOTFOUND|EAI_AGAIN/.test(error);
    const unexpected = failures
      .map(({ n, error }) => ({ place: tried[n] ?? '', error }))
      .filter(({ place, error }) => !error.startsWith('refused: ') && !isNoName(place, error));
    expect(unexpected).toEqual([]);
    expect(new Set(failures.map(({ n }) => n)).size).toBe(tried.length);
    expect(inside.paths).toEqual([]);
    expect(outside.paths).toHaveLength(isLink ? 0 : places.length);
    await (await fetch(`http://localhost:${port}/1`)).arrayBuffer();
    expect(inside.paths).toEqual(['/1']); // it was there to be reached
    showFigure(context, `0 of ${places.length} spellings reached by ${way}`);
  },
);

test('retries with exponential backoff, and gives up after 30 days', async () => {
  const { here, host, archive } = await withHost();
  await archive(ID, [`${host.url}/late`]);
  await here.mirror.archiver.run();
  expect(host.paths).toHaveLength(1);
  here.clock.advance(6000);
  await here.mirror.archiver.run();
  expect(host.paths).toHaveLength(2);
  for (let day = 0; day < 15; day += 1) {
    here.clock.advance(DAY_MS);
    await here.mirror.archiver.run();
  }
  expect(await here.store.imageStats()).toMatchObject({ wanted: 1, givenUp: 0 });
  here.clock.advance(15 * DAY_MS);
  await here.mirror.archiver.run();
  expect(await here.store.imageStats()).toMatchObject({
    wanted: 0,
    givenUp: 1,
    reasons: [{ error: 'its host answered 404', count: 1 }],
  });
  const tries = host.paths.length;
  here.clock.advance(DAY_MS);
  await here.mirror.archiver.run();
  expect(host.paths).toHaveLength(tries);
});

test('archiving stops at the size limit, reports it, and deletes nothing', async () => {
  const first = await picture('png');
  const { here, host, archive } = await withHost({ maxArchiveBytes: `${first.length + 10}B` });
  host.serve('/1', first);
  host.serve('/2', await picture('png', { shade: 5 }));
  await archive(ID, [`${host.url}/1`]);
  await archive(OTHER_ID, [`${host.url}/2`]);
  const full = {
    archived: 1,
    wanted: 1,
    reasons: [{ error: 'the archive has reached its maximum size', count: 1 }],
  };
  expect(await here.store.imageStats()).toMatchObject(full);
  expect(here.log()).toContain('archiving images has stopped');
  await here.restart({ maxArchiveBytes: '1GB' });
  here.clock.advance(3_600_000);
  await here.mirror.archiver.run();
  expect(await here.store.imageStats()).toMatchObject({ archived: 2, wanted: 0, reasons: [] });
});

test('a kill during an image download leaves no partial file, and the image is fetched again', async () => {
  const host = await imageHost();
  const bytes = await whole;
  host.serve('/1', (response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2)); // and then waits for ever
  });
  const dataDir = temporaryDirectory();
  const engine = await createEngineEnv(dataDir);
  const env = {
    ...engine,
    FLUX_MIRROR_ARCHIVE_IMAGES: 'true',
    FLUX_MIRROR_IMAGE_ALLOW_HOSTS: host.host,
    FLUX_MIRROR_SYNC_CRON: 'off',
  };
  const data = [{ image_url: `${host.url}/1` }];
  const text = documentText({ id: ID, more: { response: { success: true, data } } });
  const importing = startCli(['import', '-', '--data-dir', dataDir], { env: engine });
  importing.stdin.end(text);
  await once(importing, 'exit');

  const serving = startCli(['serve', '--data-dir', dataDir, '--port', '0'], { env });
  await expect.poll(() => filesIn(dataDir, 'images').length, { timeout: 30_000 }).toBe(1);
  serving.kill('SIGKILL');
  await once(serving, 'exit');
  expect(filesIn(dataDir, 'images')[0]).toMatch(/^partial\//);

  host.serve('/1', bytes);
  const here = await startTestMirror({ dataDir, imageAllowHosts: host.host });
  expect(existsSync(join(dataDir, 'images', 'partial'))).toBe(false);
  here.clock.advance(365 * DAY_MS); // beyond the lease that the killed process took by the real clock
  await here.mirror.archiver.run();
  const hash = sha256(bytes);
  expect(filesIn(dataDir, 'images')).toEqual([`${hash.slice(0, 2)}/${hash}.png`]);
});

test('an image that fails for a reason of its own does not stop the others', async () => {
  const { here, host } = await withHost({ imageConcurrency: '1' });
  host.serve('/first', await picture('png'));
  host.serve('/last', await picture('png', { shade: 5 }));
  const real = createSafeFetch([host.host]);
  const safeFetch: SafeFetch = {
    ...real,
    // No chunk of bytes: a bug, and neither the disk's fault nor the host's.
    fetch: (url, request) =>
      url.endsWith('/odd')
        ? Promise.resolve(
            Object.assign(Readable.from([1]), { statusCode: 200, headers: {} }) as IncomingMessage,
          )
        : real.fetch(url, request),
  };
  await storeTaskWithImages(here, ID, [`${host.url}/first`, `${host.url}/odd`, `${host.url}/last`]);
  const { config, store, clock } = here;
  const files = createImageFiles(config.dataDir);
  const log = createLog({ level: 'silent', format: 'json' });
  const decoder = shareDecoder();
  const deps = { store, clock, files, decoder, safeFetch, log, random: () => 0.5 };
  const archiver = createArchiver({ ...config, ...deps });
  expect(await archiver.run()).toEqual({ archived: 2, failed: 1 });
  real.close();
});
