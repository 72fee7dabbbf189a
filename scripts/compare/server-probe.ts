/** Starts `serve` of one version in several situations, sends requests, and records responses and upstream requests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { type IncomingHttpHeaders, request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Fault } from '../../src/simulator/faults.ts';
import { createEnvironment, type Run } from './commands.ts';
import { listMetrics, listOpenApiFacts } from './facts.ts';
import type { Observation } from './observation.ts';
import {
  listAccessRequests,
  listApiRequests,
  listDegradedRequests,
  listDropInRequests,
  listGenerationRequests,
  listPendingRequests,
  listSyncRequests,
  type ProbeRequest,
} from './requests.ts';

interface Situation {
  readonly name: string;
  readonly settings: Record<string, string>;
  readonly fault?: Fault;
  readonly requests: readonly ProbeRequest[];
}

interface Answer {
  readonly status: number | string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const TOKEN = 'token-of-the-team';
/** Headers that depend on the connection or the time. */
const SKIPPED_HEADERS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);
const START_TIMEOUT_MS = 60_000;
const LARGE_BODY_BYTES = 2 ** 20;

/** @param port of the mirror */
export async function observeServer(run: Run, port: number): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const situation of listSituations(run)) {
    observations.push(...(await observeSituation(run, port, situation)));
  }
  return observations;
}

function listSituations({ sample }: Run): Situation[] {
  const degraded = listDegradedRequests(sample);
  return [
    { name: 'normal', settings: {}, requests: [...listDropInRequests(sample), ...listApiRequests(sample)] },
    { name: 'generations', settings: {}, requests: listGenerationRequests() },
    {
      name: 'fresh copies',
      settings: { FLUX_MIRROR_PENDING_TTL: '1h' },
      requests: listPendingRequests(sample),
    },
    { name: 'sync', settings: {}, requests: listSyncRequests() },
    { name: 'offline', settings: { FLUX_MIRROR_OFFLINE: 'true' }, requests: degraded },
    {
      name: 'rate-limited',
      settings: {},
      fault: { kind: 'status', status: 429, code: 'too_many_requests', headers: { 'retry-after': '600' } },
      requests: degraded,
    },
    {
      name: 'rejected',
      settings: {},
      fault: { kind: 'status', status: 401, code: 'invalid_token' },
      requests: degraded,
    },
    { name: 'nonsense', settings: {}, fault: { kind: 'html', status: 400 }, requests: degraded },
    {
      name: 'tokens and a base path',
      settings: {
        FLUX_MIRROR_TOKENS: TOKEN,
        FLUX_MIRROR_BASE_PATH: '/mirror',
        FLUX_MIRROR_ALLOWED_ORIGINS: 'https://gallery.example',
      },
      requests: listAccessRequests(sample, TOKEN).map((one) => ({ ...one, path: `/mirror${one.path}` })),
    },
  ];
}

async function observeSituation(run: Run, port: number, situation: Situation): Promise<Observation[]> {
  const { simulator } = run.sample;
  const dataDir = join(run.directory, situation.name.replaceAll(' ', '-'));
  cpSync(join(run.directory, 'served'), dataDir, { recursive: true });
  simulator.requests.length = 0;
  const removeFault = situation.fault && simulator.fault(situation.fault);
  const server = await startServer(run, { ...situation.settings, FLUX_MIRROR_DATA_DIR: dataDir }, port);
  const observations: Observation[] = [];
  try {
    for (const [at, probe] of situation.requests.entries()) {
      const answer = await send(port, probe);
      const isDropIn = /\/flux\//.test(probe.path);
      observations.push({
        surface: isDropIn ? 'drop-in answers' : 'answers of /api and the probes',
        name: `${situation.name} ${at}: ${describeRequest(run, probe)}`,
        rule: isDropIn ? 'bytes' : 'json',
        text: describeAnswer(run, answer, isDropIn),
      });
    }
    observations.push(...(situation.name === 'normal' ? await observeDescriptions(port) : []));
    observations.push({
      surface: 'requests to the upstream',
      name: situation.name,
      rule: 'bytes',
      text: describeUpstreamRequests(run),
    });
  } finally {
    removeFault?.();
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
  }
  return observations;
}

async function observeDescriptions(port: number): Promise<Observation[]> {
  const openApi = await send(port, { method: 'GET', path: '/openapi.json' });
  const metrics = await send(port, { method: 'GET', path: '/metrics' });
  const document = JSON.parse(openApi.body) as Record<string, unknown>;
  return [
    { surface: 'OpenAPI', name: '/openapi.json', rule: 'lines', text: listOpenApiFacts(document).join('\n') },
    { surface: 'metrics', name: '/metrics', rule: 'lines', text: listMetrics(metrics.body).join('\n') },
  ];
}

async function startServer(run: Run, settings: Record<string, string>, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [run.version.main, 'serve', '--port', String(port)], {
    cwd: run.directory,
    env: createEnvironment(run, settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listening = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk);
        if (output.includes(`:${port}`)) resolve();
      });
    }
    child.once('exit', () => reject(new Error(`serve ended:\n${output}`)));
    setTimeout(() => reject(new Error(`serve does not start:\n${output}`)), START_TIMEOUT_MS).unref();
  });
  await listening;
  return child;
}

function send(port: number, { method, path, headers = {}, body = '' }: ProbeRequest): Promise<Answer> {
  return new Promise((resolve) => {
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { ...headers, ...length },
      agent: false,
    };
    const request = sendRequest(options, (response) => {
      text(response)
        .finally(() => request.destroy())
        .then(
          (received) =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
          (error: unknown) => resolve({ status: `broken off: ${String(error)}`, headers: {}, body: '' }),
        );
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: `failed: ${error.code}`, headers: {}, body: '' }),
    );
    if (body.length < LARGE_BODY_BYTES) request.end(body);
    // Rejected by its length. If the body were sent, the connection would break before the response is read.
    else request.flushHeaders();
  });
}

function describeRequest(run: Run, { method, path, headers = {}, body = '' }: ProbeRequest): string {
  const { 'content-type': _, ...others } = headers;
  const shown = Object.keys(others).length === 0 ? '' : ` ${JSON.stringify(others)}`;
  return run.normalize(`${method} ${path}${shown} ${body.slice(0, 160)}`).trim();
}

/** Drop-in answers are compared byte for byte; other JSON answers by their members. */
function describeAnswer(run: Run, { status, headers, body }: Answer, isDropIn: boolean): string {
  const kept = Object.entries(headers).filter(
    ([name]) => !SKIPPED_HEADERS.has(name) && name !== 'content-length',
  );
  const normalized = kept.map(([name, value]) => [name, run.normalize(normalizeHeader(name, String(value)))]);
  const shown = run.normalize(body);
  if (isDropIn)
    return [status, ...normalized.sort().map(([name, value]) => `${name}: ${value}`), '', shown].join('\n');
  let value: unknown = shown;
  try {
    value = JSON.parse(shown);
  } catch {
    // Plain text or empty.
  }
  return JSON.stringify({ status, headers: Object.fromEntries(normalized), body: value });
}

function normalizeHeader(name: string, value: string): string {
  if (name === 'age' || name === 'retry-after') return '<number>';
  return name === 'etag' ? '<etag>' : value;
}

/** Requests to the upstream, with all headers except those of the transport. */
function describeUpstreamRequests(run: Run): string {
  const lines = run.sample.simulator.requests.map(({ method, path, headers, body }) => {
    const { host: _host, connection: _connection, ...others } = headers;
    return run.normalize(`${method} ${path} ${JSON.stringify(others)} ${body}`);
  });
  return lines.join('\n');
}
