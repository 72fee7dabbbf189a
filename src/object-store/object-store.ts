/** A bucket of an object store that speaks S3: whole objects are put, and parts of them read. */
import type { ObjectStoreSettings } from '../config/object-store.ts';
import { createInvalidAnswer, readHeader } from './explain.ts';
import { type ObjectHead, readObjectHead } from './head.ts';
import { type ObjectBody, type ObjectRange, readObjectBody } from './object-body.ts';
import { createSender, type SendDeps, type SentFile } from './send.ts';
import { readListing } from './xml.ts';

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}

/** Keys are given without the prefix of the setting. Every function throws ObjectStoreError. */
export interface ObjectStore {
  /** `s3://bucket/prefix` */
  readonly address: string;
  /** @returns undefined if there is no such object */
  head(key: string): Promise<ObjectHead | undefined>;
  /** @returns undefined if there is no such object, or it is not as long as that; its body is read, or closed */
  get(key: string, range?: ObjectRange): Promise<ObjectBody | undefined>;
  /** Resolves when the store has confirmed all of it. @throws the system's error if the file can't be read */
  put(key: string, file: SentFile, mediaType: string): Promise<void>;
  /** Also if there is none. */
  remove(key: string): Promise<void>;
  /** In the order of their keys, up to 1,000 a page. */
  list(prefix: string): AsyncGenerator<readonly ListedObject[], void>;
  /** Checks that it answers, and that the keys may list it. */
  check(): Promise<void>;
  close(): void;
}

/** Of no key: its listing is empty. */
const NO_PREFIX = 'images/-';

export function createObjectStore(settings: ObjectStoreSettings, deps: SendDeps): ObjectStore {
  const { address, prefix, encryption } = settings;
  const sender = createSender(settings, deps);

  const readPage = async (query: Readonly<Record<string, string>>) => {
    const response = await sender.send({ method: 'GET', key: '', query: { 'list-type': '2', ...query } });
    const listing = response && (await readListing(response).catch(() => undefined));
    if (!listing) throw createInvalidAnswer(settings, 'no listing');
    return listing;
  };

  return {
    address,
    head: async (key) => {
      const response = await sender.send({ method: 'HEAD', key });
      response?.resume();
      return response && readObjectHead(settings, response);
    },
    get: (key, range) => readObjectBody({ settings, sender }, key, range),
    put: async (key, file, mediaType) => {
      const response = await sender.send({
        ...{ method: 'PUT', key, file },
        headers: {
          'content-type': mediaType,
          ...(encryption === undefined ? {} : { 'x-amz-server-side-encryption': encryption }),
        },
      });
      response?.resume();
      // What answers everything with 200 has stored nothing.
      if (!response || readHeader(response, 'etag') === undefined)
        throw createInvalidAnswer(settings, 'no ETag');
    },
    remove: async (key) => {
      (await sender.send({ method: 'DELETE', key }))?.resume();
    },
    list: async function* (wanted) {
      let next: string | undefined;
      do {
        const page = await readPage({
          prefix: `${prefix}${wanted}`,
          ...(next === undefined ? {} : { 'continuation-token': next }),
        });
        if (page.next !== undefined && page.next === next)
          throw createInvalidAnswer(settings, 'a listing without an end');
        yield page.objects.map(({ key, bytes }) => ({ key: key.slice(prefix.length), bytes }));
        ({ next } = page);
      } while (next !== undefined);
    },
    check: async () => {
      await readPage({ prefix: `${prefix}${NO_PREFIX}` });
    },
    close: sender.close,
  };
}
