/** Notices that a caller hangs up while it waits for its response. */
import { setMaxListeners } from 'node:events';
import type { HttpBindings } from '@hono/node-server';

/**
 * Calls back when the connection closes before the response is complete; never afterwards. Cheaper than a signal, for what is
 * watched with every request.
 * @returns a function that stops watching
 */
export function onHangUp({ incoming, outgoing }: HttpBindings, callback: () => void): () => void {
  const { socket } = incoming;
  const stop = () => {
    outgoing.off('close', check);
    socket.off('close', check);
  };
  const check = () => {
    stop();
    if (!outgoing.writableFinished) callback();
  };
  outgoing.once('close', check);
  // A response that is pipelined behind another one emits no `close`.
  socket.setMaxListeners(0);
  socket.once('close', check);
  return stop;
}

/** Calls back once when the response is over: complete, or its connection closed. */
export function onEnd({ incoming, outgoing }: HttpBindings, callback: () => void): void {
  const { socket } = incoming;
  const end = () => {
    outgoing.off('close', end);
    socket.off('close', end);
    callback();
  };
  if (socket.destroyed) {
    callback();
    return;
  }
  outgoing.once('close', end);
  socket.setMaxListeners(0);
  socket.once('close', end);
}

/** @returns a signal that is aborted when the caller hangs up */
export function watchHangUp(bindings: HttpBindings): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // one per queued upstream request
  if (bindings.incoming.socket.destroyed) controller.abort();
  else onHangUp(bindings, () => controller.abort());
  return controller.signal;
}

/**
 * For work that lasts as long as its response.
 * @param stopping aborted once the server accepts no new work
 * @returns a signal that is aborted when the caller hangs up or the server stops
 */
export function watchLoss(bindings: HttpBindings, stopping: AbortSignal): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const abort = () => controller.abort();
  if (bindings.incoming.socket.destroyed || stopping.aborted) abort();
  onHangUp(bindings, abort);
  // Not by AbortSignal.any: what listens to such a signal would be kept as long as the server runs.
  stopping.addEventListener('abort', abort);
  onEnd(bindings, () => stopping.removeEventListener('abort', abort));
  return controller.signal;
}
