/**
 * A stand-in for the Ace Data Cloud Flux API over real HTTP on loopback, for the demo and the tests. The mirror itself never
 * imports it.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { tryParseJson } from '../lib/parse-json.ts';
import { FLUX } from '../service/flux.ts';
import { createAccount, type NewTask } from './account.ts';
import { createErrorAnswer, respondToTasks, type SimulatedAnswer, sendAnswer } from './answers.ts';
import { answerWithFault, type Fault } from './faults.ts';
import { createGeneration } from './generation.ts';
import { createMedia } from './media.ts';
import { acceptPayment, createPriceAnswer } from './payment.ts';
import { createSeededRandom } from './random.ts';

export interface SimulatorOptions {
  /** 0 picks a free port. */
  port?: number;
  /** The only accepted token; any token if omitted. */
  token?: string;
  /** Whether a request may pay for itself (x402) where it has no token. */
  takesPayments?: boolean;
  /** Epoch milliseconds. */
  now?: () => number;
  /** How long a generated task stays pending. */
  taskDurationMs?: number;
  random?: () => number;
  /** Order of a batch's items; `own` is unrelated to the order of the requested ids. */
  itemOrder?: 'own' | 'asked';
  /** Whether images show scenes and videos can be played; by default they are tiny, and only differ. */
  hasScenes?: boolean;
}

export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly action: string | undefined;
  readonly id: string | undefined;
  readonly ids: readonly string[] | undefined;
  readonly body: string;
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage['headers'];
  /** Epoch milliseconds by the simulator's clock. */
  readonly at: number;
}

export interface Simulator {
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: RequestRecord[];
  /** Adds documents, served byte for byte. */
  seed(documents: Iterable<string>): void;
  /** Adds a pending task. @returns its id */
  addTask(task: NewTask): string;
  /** The exact text that would be served for an id now. */
  documentText(id: string): string | undefined;
  /** The link to the first image of a finished task. */
  findImageUrl(id: string): string | undefined;
  /** Responds with a fault instead. @returns a function that removes it */
  fault(fault: Fault, options?: { times?: number; when?: (request: RequestRecord) => boolean }): () => void;
  clearFaults(): void;
  /** Posts the callbacks that are due. */
  deliverCallbacks(): Promise<void>;
  stop(): Promise<void>;
}

interface ActiveFault {
  readonly fault: Fault;
  readonly when: (request: RequestRecord) => boolean;
  readonly removal: AbortController;
  left: number;
}

const DEFAULT_DURATION_MS = 4000;
const CALLBACK_INTERVAL_MS = 250;
const SEED = 20260314;
const KINDS = new Map(
  Object.entries(FLUX.generationPaths).map(([kind, path]) => [path as string, kind as 'images' | 'videos']),
);

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const now = options.now ?? Date.now;
  const requests: RequestRecord[] = [];
  const faults: ActiveFault[] = [];
  let url = '';
  const account = createAccount({
    now,
    random: options.random ?? createSeededRandom(SEED),
    taskDurationMs: options.taskDurationMs ?? DEFAULT_DURATION_MS,
    imageBase: () => url,
  });
  const generation = createGeneration(account);
  const media = createMedia(account, options.hasScenes ?? false);

  const admit = (record: RequestRecord): Admission => admitRequest(record, options);

  const answerTasks = (record: RequestRecord): SimulatedAnswer => {
    const { refused, headers } = admit(record);
    return (
      refused ?? { ...respondToTasks(account, parseBody(record.body), options.itemOrder ?? 'own'), headers }
    );
  };

  const server = createServer(async (request, response) => {
    const body = await readAll(request).catch(() => undefined);
    if (body === undefined) return; // the client hung up
    const record = createRecord(request, body, now());
    requests.push(record);
    const active = faults.find(({ left, when }) => left > 0 && when(record));
    if (active) {
      active.left -= 1;
      await answerWithFault(active.fault, response, {
        normal: () => answerTasks(record),
        named: [record.id ?? '', ...(record.ids ?? [])],
        removed: active.removal.signal,
      });
    } else if (record.method === 'POST' && record.path === FLUX.taskPath) {
      sendAnswer(response, answerTasks(record));
    } else if (record.method === 'POST' && KINDS.has(record.path)) {
      const kind = KINDS.get(record.path) ?? 'images';
      const { refused, headers } = admit(record);
      if (refused) sendAnswer(response, refused);
      else
        await generation.answer(
          kind,
          parseBody(record.body),
          request.headers.accept ?? '',
          response,
          headers,
        );
    } else {
      const isRead = record.method === 'GET' || record.method === 'HEAD';
      const file = isRead ? await media.read(record.path) : undefined;
      if (file) response.writeHead(200, { 'content-type': file.mediaType }).end(file.bytes);
      else sendAnswer(response, createErrorAnswer(404, 'no_api', 'no such api'));
    }
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const callbacks = setInterval(() => void generation.deliverDue(), CALLBACK_INTERVAL_MS).unref();

  return {
    url,
    requests,
    seed: account.seed,
    addTask: (task) => account.add(task).id,
    documentText: (id) => account.get(id)?.text(),
    findImageUrl: (id) => findImageUrl(account.get(id)?.text() ?? ''),
    fault: (fault, { times = Number.POSITIVE_INFINITY, when = () => true } = {}) => {
      const active = { fault, when, left: times, removal: new AbortController() };
      faults.push(active);
      return () => remove(active);
    },
    clearFaults: () => {
      for (const active of faults.splice(0)) remove(active);
    },
    deliverCallbacks: generation.deliverDue,
    stop: () => {
      clearInterval(callbacks);
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function createRecord(request: IncomingMessage, body: string, at: number): RequestRecord {
  const { action, id, ids } = parseBody(body);
  return {
    method: request.method ?? '',
    path: collapseSlashes(request.url ?? '/'),
    action: typeof action === 'string' ? action : undefined,
    id: typeof id === 'string' ? id : undefined,
    ids: Array.isArray(ids) ? ids.map(String) : undefined,
    body,
    authorization: request.headers.authorization,
    headers: request.headers,
    at,
  };
}

/** Normalises a path as gateways do: some clients request `//flux/tasks` or `/flux/tasks/`. */
function collapseSlashes(target: string): string {
  const path = target.replace(/\?.*/, '').replaceAll(/\/{2,}/g, '/');
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}

/** The body as an object; an empty object, which matches no action, for anything else. */
function parseBody(body: string): Readonly<Record<string, unknown>> {
  const value = tryParseJson(body);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function findImageUrl(document: string): string | undefined {
  const task = tryParseJson(document) as { response?: { data?: { image_url?: string }[] } } | undefined;
  return task?.response?.data?.[0]?.image_url;
}

function remove(active: ActiveFault): void {
  active.left = 0;
  active.removal.abort();
}

interface Admission {
  /** The response if the request is rejected. */
  readonly refused?: SimulatedAnswer;
  /** Headers of the response if it is accepted. */
  readonly headers: Readonly<Record<string, string>>;
}

function admitRequest(
  { authorization, headers }: RequestRecord,
  { token, takesPayments = false }: SimulatorOptions,
): Admission {
  const receipt = takesPayments ? acceptPayment(headers) : undefined;
  if (receipt) return { headers: receipt };
  const given = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (given === undefined) {
    const refused = takesPayments ? createPriceAnswer() : createErrorAnswer(401, 'no_token', 'no token');
    return { refused, headers: {} };
  }
  return token === undefined || given === token
    ? { headers: {} }
    : { refused: createErrorAnswer(401, 'invalid_token', 'token is invalid'), headers: {} };
}
