/** Requests that never reach a route: malformed HTTP and invalid targets. Answered in the usual error format. */
import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError } from '../../lib/api-error.ts';
import type { Log } from '../../lib/log.ts';
import type { Answer } from '../answer.ts';
import { createErrorAnswer } from '../errors.ts';

/** Replaces Node's own handling, which responds with an empty body. @param maxHeaderBytes for the message */
export function answerMalformedRequest(server: Server, maxHeaderBytes: number, log: Log): void {
  server.on('clientError', (error: Error & { code?: string }, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return;
    const [status, message] =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, `the address and the headers are larger than ${maxHeaderBytes} bytes`]
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? [408, 'the request did not come in time']
          : [400, 'this is no HTTP request'];
    const { body } = formatErrorResponse(message, log);
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json`;
    socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
  });
  server.on('checkExpectation', (_, response) => {
    const { headers, body } = formatErrorResponse('"100-continue" is the only Expect that can be met', log);
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    response.writeHead(417, { ...headers, ...length, connection: 'close' }).end(body);
  });
}

/** Error handler of Hono's adapter, for a target and `Host` that don't form a valid URL. */
export function rejectTarget(log: Log): (error: unknown) => Response {
  return (error) => {
    log.debug({ err: error }, 'a request without a valid URL');
    const { status, headers, body } = formatErrorResponse(
      'the target and the Host of the request make no address',
      log,
    );
    return new Response(body, { status, headers });
  };
}

function formatErrorResponse(message: string, log: Log): Answer & { body: string } {
  const request = { traceId: randomUUID(), method: '', path: '' };
  return createErrorAnswer(new ApiError(400, 'bad_request', message), request, log);
}
