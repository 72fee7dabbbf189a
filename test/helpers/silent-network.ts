/** A network that swallows packets: connections through it stay open, and nothing comes any more. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SilentNetwork {
  /** Instead of that of the server. */
  readonly port: number;
  /** From now on nothing passes, also on new connections. */
  swallow(): void;
  /** New connections work again; those of before stay silent. */
  recover(): void;
}

/** @param port of a server on this machine */
export async function startSilentNetwork(port: number): Promise<SilentNetwork> {
  const sockets = new Set<Socket>();
  const dead = new Set<Socket>();
  let isSilent = false;
  const forward = (from: Socket, to: Socket) => {
    sockets.add(from);
    if (isSilent) dead.add(from);
    from.on('error', () => undefined); // it is closed as well
    from.on('data', (chunk) => {
      if (!dead.has(from)) to.write(chunk);
    });
    from.on('close', () => {
      if (!dead.has(from)) to.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect(port, '127.0.0.1');
    forward(client, upstream);
    forward(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => {
      isSilent = true;
      for (const socket of sockets) dead.add(socket);
    },
    recover: () => {
      isSilent = false;
    },
  };
}
