/** An object store as a process of its own, which is killed; and what answers in its place. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { BUCKET, fail } from '../../helpers/object-store.ts';
import { findFreePort } from '../../helpers/proxy-process.ts';
import { S3RVER_KEY } from '../../helpers/s3rver.ts';

export interface CrashBucket {
  /** The settings of a mirror whose images are in it. */
  readonly env: Readonly<Record<string, string>>;
  kill(): Promise<void>;
  /** On the same port and the same objects. */
  start(): Promise<void>;
  /** Answers in its place for a while, and ends with the store there again. */
  replace(kind: StubKind, ms: number): Promise<void>;
}

export const STUB_KINDS = ['slow', 'forbidden', 'nonsense'] as const;
export type StubKind = (typeof STUB_KINDS)[number];

const PROGRAM = join(dirname(createRequire(import.meta.url).resolve('s3rver/package.json')), 'bin/s3rver.js');
const SLOW_MS = 3000;

/** @param directory where the objects are */
export async function startCrashBucket(directory: string): Promise<CrashBucket> {
  const port = await findFreePort();
  let child: ChildProcess | undefined;

  const start = async () => {
    const options = ['-d', directory, '-a', '127.0.0.1', '-p', String(port), '--configure-bucket', BUCKET];
    const started = spawn(process.execPath, [PROGRAM, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    const complaints = text(started.stderr);
    const ended = once(started, 'exit').then(async () => {
      throw new Error(`the object store does not start: ${await complaints}`);
    });
    await Promise.race([waitUntilListening(started.stdout), ended]);
    ended.catch(() => undefined); // it is killed
  };
  const kill = async () => {
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    child = undefined;
    await ended;
  };

  await start();
  return {
    ...{ kill, start },
    env: {
      FLUX_MIRROR_IMAGE_STORE: `s3://${BUCKET}/mirror`,
      AWS_ACCESS_KEY_ID: S3RVER_KEY,
      AWS_SECRET_ACCESS_KEY: S3RVER_KEY,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    },
    replace: async (kind, ms) => {
      await kill();
      let count = 0;
      const stub = createServer((request, response) => {
        request.resume();
        answerWrongly(kind, response, count);
        count += 1;
      });
      stub.listen(port, '127.0.0.1');
      await once(stub, 'listening');
      await delay(ms);
      const closed = once(stub, 'close');
      stub.close();
      stub.closeAllConnections();
      await closed;
      await start();
    },
  };
}

function waitUntilListening(stdout: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => {
    let output = '';
    stdout.on('data', (chunk) => {
      if (output.includes('listening')) return; // read on, so that the pipe never fills up
      output += String(chunk);
      if (output.includes('listening')) resolve();
    });
  });
}

/** What is no answer of an object store. It never says that an object is there with other bytes, or is not there: that would be damage. */
const NONSENSE: readonly ((response: ServerResponse) => void)[] = [
  (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
  (response) => response.writeHead(200).end('<?xml version="1.0"?><ListBucketResult><Contents><Key>'),
  (response) => response.writeHead(418).end('{}'),
  (response) => void response.destroy(),
];

/** @param count of the answers before */
function answerWrongly(kind: StubKind, response: ServerResponse, count: number): void {
  response.on('error', () => undefined);
  if (kind === 'forbidden') fail(response, 403, 'AccessDenied');
  else if (kind === 'slow') setTimeout(() => fail(response, 503, 'SlowDown'), SLOW_MS);
  else NONSENSE[count % NONSENSE.length]?.(response);
}
