/** A collection with a public link, for tests. */
import sharp from 'sharp';
import { expect } from 'vitest';
import type { TaskId } from '../../src/task/id.ts';
import { addToken } from './access-token.ts';
import { numberedIds } from './documents.ts';
import { imageHost } from './image-host.ts';
import { picture, storeTaskWithImages } from './images.ts';
import { startTestMirror, type TestMirror } from './test-mirror.ts';

const [FIRST, SECOND, OUTSIDE] = numberedIds(3);
/** With what a page must not take for markup. */
const PROMPT = 'a <b>secretword</b> "cat" & co';

export interface Shared {
  readonly here: TestMirror;
  readonly token: { authorization: string };
  /** Its path. */
  readonly collection: string;
  readonly firstId: TaskId;
  readonly secondId: TaskId;
  /** The hash of the first task's picture, whose file has its prompt, too. */
  readonly first: string;
  /** The same of the task that is not in the collection. */
  readonly outside: string;
}

/** A mirror that needs a token, with a collection of two of its three tasks, each of which has a picture. */
export async function startShared(): Promise<Shared> {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host });
  for (const [at, id] of [FIRST, SECOND, OUTSIDE].entries()) {
    host.serve(`/${at}`, await describedPicture(at));
    await storeTaskWithImages(here, id, [`${host.url}/${at}`], { prompt: `${PROMPT} ${at}`, userId: 'me' });
  }
  await here.mirror.archiver.run();
  const images = await here.store.imagesOf([FIRST, OUTSIDE]);
  const token = await addToken(here);
  const { id } = await askJson(here, 'POST /api/collections', token, { name: 'Best', note: 'a <i>note</i>' });
  const collection = `/api/collections/${String(id)}`;
  await askJson(here, `POST ${collection}/tasks`, token, { ids: [SECOND, FIRST] });
  const [first = '', outside = ''] = images.map(({ sha256 }) => sha256);
  return { here, token, collection, firstId: FIRST, secondId: SECOND, first, outside };
}

async function describedPicture(shade: number): Promise<Buffer> {
  const plain = await picture('png', { width: 40, height: 30, shade: shade * 20 + 1 });
  return sharp(plain)
    .withExif({ IFD0: { ImageDescription: PROMPT } })
    .toBuffer();
}

/** @param line method and path @returns the answer, which is no error */
export async function askJson(
  here: TestMirror,
  line: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const [method = '', path = ''] = line.split(' ');
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await here.request(path, init);
  expect(answer.status, line).toBeLessThan(300);
  return (await answer.json()) as Record<string, unknown>;
}

/** @returns the path of the link */
export async function share({ here, token, collection }: Shared, change: object = {}): Promise<string> {
  const { link } = await askJson(here, `PUT ${collection}/link`, token, change);
  return new URL((link as { url: string }).url).pathname;
}
