/** A transport that knows whether every request was answered, so that a client that closes its input still gets its answers. */
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';

export interface AnsweredTransport extends Transport {
  /** Resolves once no request waits for its answer, or none can come any more. */
  waitForAnswers(): Promise<void>;
  /** Resolves when the connection has been closed. */
  readonly closed: Promise<void>;
}

export function createAnsweredTransport(wire: Transport): AnsweredTransport {
  /** How many requests wait by their id: clients may use one twice. */
  const waiting = new Map<string | number, number>();
  let onIdle: (() => void) | undefined;
  let onClosed: (() => void) | undefined;
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve;
  });
  const settle = (id: string | number | undefined) => {
    const count = id === undefined ? 0 : (waiting.get(id) ?? 0);
    if (id !== undefined && count > 1) waiting.set(id, count - 1);
    else if (id !== undefined) waiting.delete(id);
    if (waiting.size === 0) onIdle?.();
  };
  const receive = (message: JSONRPCMessage) => {
    if ('method' in message && 'id' in message) waiting.set(message.id, (waiting.get(message.id) ?? 0) + 1);
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
      wire.onclose = () => {
        onClosed?.();
        transport.onclose?.();
      };
      wire.onerror = (error) => transport.onerror?.(error);
      return wire.start();
    },
    send: async (message, options) => {
      await wire.send(message, options);
      if ('id' in message && !('method' in message)) settle(message.id);
    },
    close: () => wire.close(),
    closed,
    waitForAnswers: async () => {
      const idle = new Promise<void>((resolve) => {
        onIdle = resolve;
      });
      settle(undefined);
      await Promise.race([idle, closed]);
    },
  };
  return transport;
}

function readCancelledId(params: unknown): string | number | undefined {
  if (typeof params !== 'object' || params === null || !('requestId' in params)) return undefined;
  const { requestId } = params;
  return typeof requestId === 'string' || typeof requestId === 'number' ? requestId : undefined;
}
