/**
 * Which requests are under way, by connection. Node begins each as it is read, and of those that queue behind another on
 * their connection it never tells that they ended when that closes; so connections are listened to as well.
 */
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface InFlight {
  /** A request came. False when its connection is gone, or has too many: nothing is to be done then. */
  begin(request: IncomingMessage, response: ServerResponse): boolean;
  /** Resolves when there is none. */
  ended(): Promise<void>;
}

/**
 * @param mostOnOne connections with more are hung up on, for one could hold as much as thousands; clients of HTTP/1.1 send one
 *   request after the other
 */
export function trackInFlight(mostOnOne: number): InFlight {
  const bySocket = new Map<Socket, Set<ServerResponse>>();
  const events = new EventEmitter();
  let count = 0;
  const waitUntilEnded = (many: number) => {
    count -= many;
    if (count === 0) events.emit('none');
  };

  const getResponses = (socket: Socket): Set<ServerResponse> => {
    const known = bySocket.get(socket);
    if (known) return known;
    const responses = new Set<ServerResponse>();
    bySocket.set(socket, responses);
    socket.once('close', () => {
      bySocket.delete(socket);
      waitUntilEnded(responses.size);
      responses.clear();
    });
    return responses;
  };

  return {
    begin: ({ socket }, response) => {
      if (socket.destroyed) return false;
      const responses = getResponses(socket);
      if (responses.size >= mostOnOne) {
        socket.destroy();
        return false;
      }
      responses.add(response);
      count += 1;
      response.once('close', () => {
        if (responses.delete(response)) waitUntilEnded(1);
      });
      return true;
    },
    ended: async () => {
      if (count > 0) await once(events, 'none');
    },
  };
}
