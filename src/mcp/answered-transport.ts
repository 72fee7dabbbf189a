/** A transport that knows whether every request was answered, so that a client that closes its input still gets its answers. */
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';

export interface AnsweredTransport extends Transport {
  /** Resolves once no request waits for its answer. */
  waitForAnswers(): Promise<void>;
}

export function createAnsweredTransport(wire: Transport): AnsweredTransport {
  const waiting = new Set<string | number>();
  let onIdle: (() => void) | undefined;
  const settle = (id: string | number | undefined) => {
    if (id !== undefined) waiting.delete(id);
    if (waiting.size === 0) onIdle?.();
  };
  const receive = (message: JSONRPCMessage) => {
    if ('method' in message && 'id' in message) waiting.add(message.id);
    // A request that is cancelled gets no answer.
    else if ('method' in message && message.method === 'notifications/cancelled')
      settle(readCancelledId(message.params));
  };

  const transport: AnsweredTransport = {
    start: () => {
      wire.onmessage = (message, extra) => {
        receive(message);
        transport.onmessage?.(message, extra);
      };
      wire.onclose = () => transport.onclose?.();
      wire.onerror = (error) => transport.onerror?.(error);
      return wire.start();
    },
    send: async (message, options) => {
      await wire.send(message, options);
      if ('id' in message && !('method' in message)) settle(message.id);
    },
    close: () => wire.close(),
    waitForAnswers: () =>
      new Promise((resolve) => {
        onIdle = resolve;
        settle(undefined);
      }),
  };
  return transport;
}

function readCancelledId(params: unknown): string | number | undefined {
  if (typeof params !== 'object' || params === null || !('requestId' in params)) return undefined;
  const { requestId } = params;
  return typeof requestId === 'string' || typeof requestId === 'number' ? requestId : undefined;
}
