/** Requests to the mirror's own routes, relative to the page. */
import type { Connection } from '../components/shell.ts';
import { watchSignOut } from './sign-out.ts';

/** The mirror answered, and not as hoped. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Api {
  /** @throws ApiFailure, or the browser's error when there is no connection, or when it is aborted */
  get<T>(path: string, params?: URLSearchParams, signal?: AbortSignal): Promise<T>;
  getText(path: string): Promise<string>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** For what needs a header or another method. */
  send(path: string, init: RequestInit): Promise<Response>;
  /** For what is the same when it is done twice: again, if the server was lost on the way, because another one may be there. */
  sendRepeatable(path: string, init: RequestInit): Promise<Response>;
}

const REPEAT_AFTER_MS = 300;

/** @param report called with every request's end */
export function createApi(report: (connection: Connection) => void): Api {
  let session = new AbortController();
  watchSignOut({
    onStart: () => session.abort(),
    onReturn: () => {
      session = new AbortController();
    },
  });

  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const signal = init.signal ? AbortSignal.any([init.signal, session.signal]) : session.signal;
    let response: Response;
    try {
      response = await fetch(`./${path}`, { ...init, credentials: 'same-origin', signal });
    } catch (error) {
      if (!isAborted(error)) report('lost');
      throw error;
    }
    report(judgeConnection(response.status));
    if (!response.ok) throw await readFailure(response);
    return response;
  };
  return {
    send,
    sendRepeatable: async (path, init) => {
      try {
        return await send(path, init);
      } catch (error) {
        if (!isServerLost(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, REPEAT_AFTER_MS));
        return send(path, init);
      }
    },
    get: async (path, params, signal) => {
      const query = params === undefined ? '' : `?${params}`;
      const headers = { accept: 'application/json' };
      const response = await send(`${path}${query}`, { headers, ...(signal ? { signal } : {}) });
      return response.json();
    },
    getText: async (path) => (await send(path, {})).text(),
    post: async (path, body) => {
      const headers = { 'content-type': 'application/json' };
      const response = await send(path, { method: 'POST', headers, body: JSON.stringify(body) });
      return response.json();
    },
  };
}

/** Whether nobody knows what has become of a request. A mirror that answers says so itself. */
function isServerLost(error: unknown): boolean {
  return error instanceof ApiFailure
    ? error.status === 502 || error.status === 504
    : error instanceof TypeError;
}

function judgeConnection(status: number): Connection {
  if (status === 401) return 'expired';
  return status >= 500 ? 'failing' : 'ok';
}

export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** For what is asked for again when it is wanted again; that it failed is said by the trouble line. @throws what is no error */
export function ignoreFailure(error: unknown): void {
  if (!(error instanceof Error)) throw error;
}

async function readFailure(response: Response): Promise<ApiFailure> {
  const body: unknown = await response.json().catch(() => undefined); // a proxy may answer HTML
  const error = readMember(body, 'error');
  const code = readMember(error, 'code');
  const message = readMember(error, 'message');
  return new ApiFailure(
    response.status,
    typeof code === 'string' ? code : '',
    typeof message === 'string' ? message : response.statusText,
  );
}

function readMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
