/** Notices that a caller hangs up while it waits for its response. */
import { setMaxListeners } from 'node:events';
import type { HttpBindings } from '@hono/node-server';

/** @returns a signal that is aborted when the connection closes before the response is complete; never afterwards */
export function watchHangUp({ incoming, outgoing }: HttpBindings): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // one per queued upstream request
  const { socket } = incoming;
  const check = () => {
    socket.off('close', check);
    if (!outgoing.writableFinished) controller.abort();
  };
  if (socket.destroyed) controller.abort();
  outgoing.once('close', check);
  // A response that is pipelined behind another one emits no `close`.
  socket.setMaxListeners(0);
  socket.once('close', check);
  return controller.signal;
}
