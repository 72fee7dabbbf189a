/**
 * Tracks requests in flight, by connection. Node emits pipelined requests as they are read, but no `close` for queued
 * responses when their connection closes, so the sockets are watched as well.
 */
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface InFlight {
  /** Registers a request. False when its connection is closed or has too many: the request must be ignored then. */
  begin(request: IncomingMessage, response: ServerResponse): boolean;
  /** Resolves when no request is in flight. */
  waitUntilIdle(): Promise<void>;
}

/**
 * @param maxPerConnection a connection with more is closed: by pipelining, one could take as much as thousands, and HTTP/1.1
 *   clients send one request at a time
 */
export function trackInFlight(maxPerConnection: number): InFlight {
  const bySocket = new Map<Socket, Set<ServerResponse>>();
  const events = new EventEmitter();
  let count = 0;
  const recordEnded = (many: number) => {
    count -= many;
    if (count === 0) events.emit('idle');
  };

  const getResponses = (socket: Socket): Set<ServerResponse> => {
    const known = bySocket.get(socket);
    if (known) return known;
    const responses = new Set<ServerResponse>();
    bySocket.set(socket, responses);
    socket.once('close', () => {
      bySocket.delete(socket);
      recordEnded(responses.size);
      responses.clear();
    });
    return responses;
  };

  return {
    begin: ({ socket }, response) => {
      if (socket.destroyed) return false;
      const responses = getResponses(socket);
      if (responses.size >= maxPerConnection) {
        socket.destroy();
        return false;
      }
      responses.add(response);
      count += 1;
      response.once('close', () => {
        if (responses.delete(response)) recordEnded(1);
      });
      return true;
    },
    waitUntilIdle: async () => {
      if (count > 0) await once(events, 'idle');
    },
  };
}
