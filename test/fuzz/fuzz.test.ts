/**
 * FUZZ_REQUESTS hostile requests (`npm run test:fuzz`: 50,000; `npm run faults`: 10,000; 700 else) against the built
 * server, a process of its own.
 */
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { runCli, startCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';
import { tries } from '../helpers/thorough.ts';
import { type HostileRequest, hostileBytes, hostileRequest, ROUTE_COUNT } from './hostile.ts';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? tries(700, 10_000));
const AT_ONCE = 10;
/** Longer is a hang. */
const PATIENCE_MS = 10_000;
const SECRETS = { mirror: 'fuzz-mirror-token', upstream: 'fuzz-upstream-token' };
/** Looks at the memory in the course of a run. */
const SAMPLES = 40;

interface Answer {
  readonly status: number;
  readonly text: string;
}

test(`${REQUESTS} hostile requests: no 5xx, no hang, no leak, memory flat`, async (context) => {
  const dataDir = temporaryDirectory();
  const simulator = await startSimulator({ token: SECRETS.upstream, taskDurationMs: 20 });
  onTestFinished(() => simulator.stop());
  const ids = numberedIds(30);
  simulator.seed(
    ids.map((id, at) =>
      documentText({ id, prompt: `a cat ${at}`, state: at % 5 === 0 ? 'pending' : 'succeeded' }),
    ),
  );
  const child = startCli(['serve', '--port', '0', '--data-dir', dataDir], {
    env: {
      ACEDATACLOUD_API_TOKEN: SECRETS.upstream,
      ACEDATACLOUD_API_BASE_URL: simulator.url,
      FLUX_MIRROR_TOKENS: SECRETS.mirror,
    },
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += String(chunk);
  });
  const [, url = ''] = await watch(child)(/listens on (\S+)/);
  const caller = { authorization: `Bearer ${SECRETS.mirror}`, host: new URL(url).host };
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  onTestFinished(() => agent.destroy());
  /** How long the event loop was held at the 99th percentile, between two looks at the memory, seconds. */
  const lags: number[] = [];
  const memory = async () => {
    const { text } = await send(url, agent, {
      method: 'GET',
      path: '/metrics',
      headers: caller,
      body: undefined,
    });
    lags.push(Number(/^flux_mirror_event_loop_lag_seconds\{statistic="p99"\} (\S+)/m.exec(text)?.[1]));
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
  };
  const leaks = [
    SECRETS.mirror,
    SECRETS.upstream,
    dataDir,
    'SQLITE_',
    'node_modules',
    '\n    at ',
    'better-sqlite3',
  ];
  const inspect = ({ status, text }: Answer, asked: unknown) => {
    const isExpected504 = status === 504 && JSON.stringify(asked).includes('only-if-cached');
    if (!isExpected504) expect(status, JSON.stringify(asked).slice(0, 2000)).toBeLessThan(500);
    for (const leak of leaks) expect(text, JSON.stringify(asked).slice(0, 2000)).not.toContain(leak);
  };

  let sent = 0;
  const samples: number[] = [];
  const statuses = new Map<number, number>();
  const round = fc.tuple(
    fc.array(hostileRequest(ids, caller), { minLength: AT_ONCE - 1, maxLength: AT_ONCE - 1 }),
    hostileBytes(caller.host),
  );
  await fc.assert(
    fc.asyncProperty(round, async ([requests, bytes]) => {
      const asked = [...requests, bytes];
      const answers = await Promise.all([
        ...requests.map((request) => send(url, agent, request)),
        sendBytes(url, bytes),
      ]);
      for (const [at, answer] of answers.entries()) inspect(answer, asked[at]);
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      sent += AT_ONCE;
      if (sent >= (samples.length * REQUESTS) / SAMPLES) samples.push(await memory());
    }),
    { numRuns: Math.ceil(REQUESTS / AT_ONCE), endOnFailure: true },
  );

  expect(sent).toBeGreaterThanOrEqual(Math.max(REQUESTS, ROUTE_COUNT));
  // It was not all refused at the door.
  for (const status of [200, 400, 401, 403, 404])
    expect(statuses.get(status), `${status}`).toBeGreaterThan(0);
  // Caches fill in the first quarter; medians, because a collection of garbage comes when it comes.
  const before = median(samples.slice(SAMPLES / 4, SAMPLES / 2));
  const after = median(samples.slice(-SAMPLES / 4));
  if (REQUESTS >= 10_000) expect(after / before).toBeLessThan(1.2);
  console.log(
    `${sent} requests, memory ${(before / 1e6).toFixed(0)} to ${(after / 1e6).toFixed(0)} MB`,
    Object.fromEntries(statuses),
  );
  for (const leak of Object.values(SECRETS)) expect(log).not.toContain(leak);
  expect(log).not.toContain('internal error');
  const lagMs = 1000 * median(lags);
  expect(lagMs).toBeLessThan(1000); // 50 ms is asked of a machine that has nothing else to do
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect((await runCli(['doctor', '--offline', '--data-dir', dataDir])).stdout).toContain('ok database');
  showFigure(
    context,
    `${sent.toLocaleString('en')} requests, 0 unexpected 5xx, 0 leaks, memory ${(before / 1e6).toFixed(0)} to ${(after / 1e6).toFixed(0)} MB, ` +
      `event loop held for ${lagMs.toFixed(0)} ms at the 99th percentile`,
  );
}, 900_000);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Sends by Node's client; what it refuses to send is no request. */
function send(url: string, agent: Agent, { method, path, headers, body }: HostileRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let request: ReturnType<typeof httpRequest>;
    try {
      request = httpRequest({ hostname, port, method, path, headers, agent });
    } catch {
      resolve({ status: 0, text: '' });
      return;
    }
    const hang = setTimeout(() => reject(new Error(`no answer to ${method} ${path}`)), PATIENCE_MS);
    request.on('error', () => {
      clearTimeout(hang); // a body that is too large may be answered by a reset
      resolve({ status: 0, text: '' });
    });
    request.on('response', (response) => {
      let text = JSON.stringify(response.headers);
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('close', () => {
        clearTimeout(hang);
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    request.end(body);
  });
}

/** Sends bytes and hears what comes until the server closes. */
function sendBytes(url: string, bytes: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const hang = setTimeout(
      () => reject(new Error(`no end after ${JSON.stringify(bytes.slice(0, 200))}`)),
      PATIENCE_MS,
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(hang);
      // The last, because "100 Continue" comes before the answer.
      const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)];
      resolve({ status: Number(statuses.at(-1)?.[1] ?? 0), text });
    });
    socket.end(Buffer.from(bytes, 'utf8'));
  });
}
