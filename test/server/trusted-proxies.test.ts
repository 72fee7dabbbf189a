/** What proxies say about a request counts only if they are trusted. */
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { type AddressRange, parseAddressRange } from '../../src/lib/address-ranges.ts';
import { createClientRecorder, getClient } from '../../src/server/connections/client.ts';
import { measureCpuMs } from '../helpers/cpu-time.ts';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const RANGES = ['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1'].map(
  (text) => parseAddressRange(text) as AddressRange,
);

/** Who a request is found to be of. @param peer the address of its connection */
function clientOf(headers: Record<string, string | string[]>, peer = '10.0.0.1') {
  const request = { headers, socket: { remoteAddress: peer } } as unknown as IncomingMessage;
  createClientRecorder(RANGES)(request);
  return getClient(request);
}

const direct = (address: string) => ({ address, isSecure: false, forwardedHost: undefined });

describe('the client of a request', () => {
  test.each([
    // What X-Forwarded-For lists, and who it is.
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9, 10.9.9.9, 192.0.2.7', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9, 192.0.2.8', '192.0.2.8'],
    ['10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['203.0.113.9:51234', '203.0.113.9'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, ,', '203.0.113.9'],
    // Somebody who is hidden, or made up, is the proxy that said so.
    ['203.0.113.9, unknown', '10.0.0.1'],
    ['203.0.113.9, _hidden, 10.5.5.5', '10.5.5.5'],
    ['203.0.113.9, 127.1', '10.0.0.1'],
    ['203.0.113.9, 0300.0.113.9', '10.0.0.1'],
    ['203.0.113.9, 203.0.113.9:', '10.0.0.1'],
    ['203.0.113.9, <script>', '10.0.0.1'],
    ['', '10.0.0.1'],
  ])('X-Forwarded-For: %j is %s', (list, address) => {
    expect(clientOf({ 'x-forwarded-for': list }).address).toBe(address);
  });

  test.each([
    ['for=203.0.113.9', '203.0.113.9'],
    ['for="203.0.113.9:4711";proto=https', '203.0.113.9'],
    ['For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
    ['for=198.51.100.1, for=203.0.113.9;by=10.0.0.1 , for=10.7.7.7', '203.0.113.9'],
    ['for=203.0.113.9, for=unknown', '10.0.0.1'],
    ['for=203.0.113.9, for="_gazonk:_port"', '10.0.0.1'],
    ['for=203.0.113.9, proto=https', '10.0.0.1'],
    ['for="203.0.113.\\9"', '203.0.113.9'],
    [';for=203.0.113.9;;', '203.0.113.9'],
    // Malformed as a whole, and so no header at all.
    ['for=203.0.113.9;for=198.51.100.1', '10.0.0.1'],
    ['for="203.0.113.9', '10.0.0.1'],
    ['for=203.0.113.9 for=198.51.100.1', '10.0.0.1'],
    ['203.0.113.9', '10.0.0.1'],
    ['=203.0.113.9', '10.0.0.1'],
  ])('Forwarded: %s is %s', (value, address) => {
    expect(clientOf({ forwarded: value }).address).toBe(address);
  });

  test('is the peer itself if that is no trusted proxy, whatever headers say', () => {
    const headers = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'mirror.example',
      forwarded: 'for=203.0.113.9;proto=https;host=mirror.example',
    };
    for (const peer of ['192.0.2.8', '11.0.0.1', '2001:db8::1', ''])
      expect(clientOf(headers, peer)).toEqual(direct(peer));
    for (const peer of ['10.255.0.1', '::ffff:10.0.0.9', 'fd12::1', '::1'])
      expect(clientOf(headers, peer)).toEqual({
        address: '203.0.113.9',
        isSecure: true,
        forwardedHost: 'mirror.example',
      });
  });

  test('addressed what the trusted proxy next to it says, not what it wrote itself', () => {
    expect(
      clientOf({
        'x-forwarded-for': '198.51.100.1, 203.0.113.9, 10.2.2.2',
        'x-forwarded-proto': 'https, http, http',
        'x-forwarded-host': 'forged.example, Mirror.Example, inner',
      }),
    ).toEqual({ address: '203.0.113.9', isSecure: false, forwardedHost: 'mirror.example' });
    expect(
      clientOf({
        forwarded:
          'for=198.51.100.1;proto=https;host=forged.example, for=203.0.113.9;host=mirror.example, for=10.2.2.2;proto=http',
      }),
    ).toEqual({ address: '203.0.113.9', isSecure: false, forwardedHost: 'mirror.example' });
    // Most proxies replace these two, and only add to the first.
    expect(
      clientOf({ 'x-forwarded-for': '203.0.113.9, 10.2.2.2', 'x-forwarded-proto': 'HTTPS' }),
    ).toMatchObject({ address: '203.0.113.9', isSecure: true });
    expect(clientOf({ 'x-forwarded-proto': 'http, https' })).toMatchObject({
      address: '10.0.0.1',
      isSecure: true,
    });
  });

  test('is read from headers that are repeated as if they were one list', () => {
    expect(clientOf({ 'x-forwarded-for': ['198.51.100.1', '203.0.113.9'] }).address).toBe('203.0.113.9');
  });

  test('is the proxy when both headers are there and disagree: one of them was passed on unread', () => {
    const forwarded = 'for=203.0.113.9;proto=https;host=mirror.example';
    const agreed = { address: '203.0.113.9', isSecure: true, forwardedHost: 'mirror.example' };
    expect(clientOf({ forwarded, 'x-forwarded-for': '203.0.113.9' })).toEqual(agreed);
    expect(clientOf({ forwarded, 'x-forwarded-for': '198.51.100.1' })).toEqual(direct('10.0.0.1'));
    for (const other of [{ 'x-forwarded-proto': 'http' }, { 'x-forwarded-host': 'forged.example' }])
      expect(clientOf({ forwarded, 'x-forwarded-for': '203.0.113.9', ...other })).toEqual(direct('10.0.0.1'));
  });

  test('takes time in proportion to the length of the headers', async () => {
    const long = 64 * 1024;
    const ms = await measureCpuMs(() => {
      for (const text of ['"\\', 'for=', ' ', 'a="\\\\', ',;'])
        clientOf({
          forwarded: text.repeat(long / text.length),
          'x-forwarded-for': text.repeat(long / text.length),
        });
    });
    expect(ms).toBeLessThan(2000); // quadratic, it would take minutes
  });
});

describe('FLUX_MIRROR_TRUSTED_PROXIES', () => {
  const parse = (text: string) =>
    parseConfig({ flags: {}, env: { FLUX_MIRROR_TRUSTED_PROXIES: text } }).trustedProxies;

  test.each(['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '::ffff:10.0.0.0/104', '10.0.0.1, ::1'])(
    'may be %s',
    (text) => {
      expect(parse(text)).toHaveLength(text.split(',').length);
    },
  );

  test.each([
    '10.0.0.0/33',
    '10',
    '127.1',
    'proxy.example',
    '10.0.0.0/',
    '/8',
    '::/129',
    '::ffff:10.0.0.0/8',
    '*',
  ])('can’t be %s', (text) => {
    expect(() => parse(text)).toThrow(/FLUX_MIRROR_TRUSTED_PROXIES: .* allowed: .*10\.0\.0\.0\/8/);
  });
});

describe('behind a trusted proxy', () => {
  const trusting = (settings = {}) =>
    startTestMirror({ trustedProxies: '127.0.0.1', allowedHosts: 'mirror.example', ...settings });

  test('the forwarded host must be an allowed one as well, and decides whose pages are own', async () => {
    const here = await trusting();
    const status = async (headers: Record<string, string>) =>
      (await sendRaw(here, '/api/stats', headers)).status;
    expect(await status({ 'x-forwarded-host': 'mirror.example' })).toBe(200);
    expect(await status({ 'x-forwarded-host': 'evil.example' })).toBe(403);
    expect(await status({ forwarded: 'for=203.0.113.9;host=evil.example' })).toBe(403);
    // A page of another site can write such a header into its own requests.
    expect(await status({ host: 'evil.example', 'x-forwarded-host': 'mirror.example' })).toBe(403);
    const origin = 'https://mirror.example';
    expect(await status({ origin, 'x-forwarded-host': 'mirror.example' })).toBe(200);
    expect(await status({ origin })).toBe(403);
    expect(
      await status({ origin: new URL(here.mirror.url).origin, 'x-forwarded-host': 'mirror.example' }),
    ).toBe(403);
  });

  test('links say what the client addressed', async () => {
    const host = await imageHost();
    host.serve('/a', await picture('png'));
    const here = await trusting({ imageAllowHosts: host.host });
    const [id] = numberedIds(1);
    await storeTaskWithImages(here, id, [`${host.url}/a`]);
    await here.mirror.archiver.run();
    const link = async (headers: Record<string, string>) => {
      const { body } = await sendRaw(
        here,
        '/flux/tasks',
        { 'x-flux-mirror-images': 'local', ...headers },
        JSON.stringify({ id }),
      );
      return new URL(
        (JSON.parse(body) as { response: { data: [{ image_url: string }] } }).response.data[0].image_url,
      ).origin;
    };
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'mirror.example' };
    expect(await link(forwarded)).toBe('https://mirror.example');
    await here.restart({ trustedProxies: '10.0.0.1' });
    expect(await link(forwarded)).toBe(new URL(here.mirror.url).origin);
  });

  test('wrong tokens are throttled and logged by client', async () => {
    const here = await trusting({ tokens: 'secret-one' });
    const guess = (client: string) =>
      sendRaw(here, '/api/stats', { authorization: 'Bearer guess', 'x-forwarded-for': client });
    for (let tries = 0; tries < 10; tries += 1) await guess('203.0.113.9');
    await guess('203.0.113.10');
    expect(here.clock.sleeps).toEqual([]);
    await guess('203.0.113.9');
    expect(here.clock.sleeps).toEqual([1000]);
    expect(here.log()).toContain('"address":"203.0.113.10","msg":"invalid token"');
    expect(here.log()).toMatch(/"address":"203\.0\.113\.9"[^\n]*"route":"\/api\/stats"/);
  });

  test('a peer that is not trusted can’t escape the throttle', async () => {
    const here = await startTestMirror({ tokens: 'secret-one', trustedProxies: '10.0.0.1' });
    for (let tries = 0; tries < 11; tries += 1)
      await sendRaw(here, '/api/stats', {
        authorization: 'Bearer guess',
        'x-forwarded-for': `203.0.113.${tries}`,
      });
    expect(here.clock.sleeps).toEqual([1000]);
  });
});
