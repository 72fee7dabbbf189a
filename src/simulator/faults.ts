/** Injects everything that can go wrong between a client and the upstream. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { createErrorAnswer, type SimulatedAnswer, sendAnswer } from './answers.ts';

export type Fault =
  /** An error in the upstream's shape, unless `body` is given. */
  | {
      kind: 'status';
      status: number;
      code?: string;
      message?: string;
      body?: string;
      headers?: Record<string, string>;
    }
  /** A gateway's error page. */
  | { kind: 'html'; status: number }
  | { kind: 'reset' }
  | { kind: 'reset-mid-body' }
  /** Truncated, without a content-length that would reveal it. */
  | { kind: 'cut-without-length' }
  | { kind: 'truncated-json' }
  | { kind: 'body'; body: string | Uint8Array; status?: number; headers?: Record<string, string> }
  | { kind: 'hang' }
  | { kind: 'drip'; everyMs: number }
  | { kind: 'gzip-bomb'; decodedBytes: number }
  | { kind: 'redirect'; location: string; status?: number }
  /** The normal response, passed through a function. */
  | { kind: 'rewrite'; rewrite: (body: string) => string }
  /** Rejects requests that name one of these ids. */
  | { kind: 'refuse-ids'; ids: readonly string[]; status?: number }
  /** Computes the response now, sends it later. */
  | { kind: 'delay'; ms: number }
  /** Computes the response now, sends it when the fault is removed. */
  | { kind: 'hold' };

const JSON_TYPE = { 'content-type': 'application/json' };

interface Circumstances {
  /** The response without the fault. */
  readonly normal: () => SimulatedAnswer;
  /** The ids that the request names. */
  readonly named: readonly string[];
  /** Aborted when the fault is removed. */
  readonly removed: AbortSignal;
}

/** Responds with a fault. */
export async function answerWithFault(
  fault: Fault,
  response: ServerResponse,
  { normal, named, removed }: Circumstances,
): Promise<void> {
  switch (fault.kind) {
    case 'status': {
      const body =
        fault.body ?? createErrorAnswer(0, fault.code ?? 'api_error', fault.message ?? 'simulated').body;
      response.writeHead(fault.status, { ...JSON_TYPE, ...fault.headers }).end(body);
      return;
    }
    case 'html':
      response
        .writeHead(fault.status, { 'content-type': 'text/html' })
        .end('<html><h1>Bad gateway</h1></html>');
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'reset-mid-body': {
      const { body } = normal();
      response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) });
      response.write(cutInHalf(body), () => response.socket?.resetAndDestroy());
      return;
    }
    case 'cut-without-length':
      response.socket?.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${cutInHalf(normal().body)}`,
      );
      return;
    case 'truncated-json':
      response.writeHead(200, JSON_TYPE).end(cutInHalf(normal().body));
      return;
    case 'body':
      response.writeHead(fault.status ?? 200, { ...JSON_TYPE, ...fault.headers }).end(fault.body);
      return;
    case 'hang':
      return;
    case 'drip':
      drip(response, normal().body, fault.everyMs);
      return;
    case 'gzip-bomb':
      sendGzipBomb(response, fault.decodedBytes);
      return;
    case 'redirect':
      response.writeHead(fault.status ?? 302, { location: fault.location }).end();
      return;
    case 'rewrite': {
      const { status, body } = normal();
      response.writeHead(status, JSON_TYPE).end(fault.rewrite(body));
      return;
    }
    case 'refuse-ids': {
      const { status, body } = named.some((id) => fault.ids.includes(id))
        ? createErrorAnswer(fault.status ?? 400, 'bad_request', 'the request is invalid')
        : normal();
      response.writeHead(status, JSON_TYPE).end(body);
      return;
    }
    case 'delay': {
      const answer = normal();
      await delay(fault.ms);
      sendAnswer(response, answer);
      return;
    }
    case 'hold': {
      const answer = normal();
      if (!removed.aborted) await once(removed, 'abort');
      sendAnswer(response, answer);
    }
  }
}

function cutInHalf(body: string): string {
  return body.slice(0, Math.floor(body.length / 2));
}

function drip(response: ServerResponse, body: string, everyMs: number): void {
  response.writeHead(200, JSON_TYPE);
  let at = 0;
  const timer = setInterval(() => {
    if (at >= body.length) response.end();
    else response.write(body.charAt(at));
    at += 1;
  }, everyMs);
  response.once('close', () => clearInterval(timer));
}

function sendGzipBomb(response: ServerResponse, decodedBytes: number): void {
  response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
  const gzip = createGzip();
  gzip.pipe(response);
  const block = Buffer.alloc(1024 * 1024, ' ');
  let left = decodedBytes;
  const writeMore = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= block.length;
      if (!gzip.write(block)) {
        gzip.once('drain', writeMore);
        return;
      }
    }
    gzip.end();
  };
  writeMore();
}
