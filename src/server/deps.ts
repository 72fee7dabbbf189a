/** Dependencies of the server. */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { ImageFiles } from '../archive/files.ts';
import type { IntactImages } from '../archive/intact-images.ts';
import type { Thumbnails } from '../archive/thumbnails.ts';
import type { Config } from '../config/config.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { GenerationDeps } from '../generation/generate.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { Store } from '../store/contract/store.ts';
import type { SyncRunner } from '../sync/runner.ts';
import type { Access } from './auth/access.ts';
import type { Metrics } from './monitoring/metrics.ts';
import type { Searching } from './search/search-thread.ts';

export interface ServerDeps {
  readonly config: Pick<
    Config,
    | 'host'
    | 'tokens'
    | 'allowedHosts'
    | 'allowedOrigins'
    | 'trustedProxies'
    | 'basePath'
    | 'offline'
    | 'callbackUrl'
    | 'rewriteImageUrls'
    | 'upstreamToken'
    | 'mcpWrite'
    | 'signOnHeader'
  >;
  readonly store: Store;
  readonly searching: Searching;
  /** For lists, which must not wait for searches. */
  readonly listing: Searching;
  readonly mirror: Mirror;
  readonly generation: GenerationDeps;
  readonly callbackDelivery: Pick<Delivery, 'run'>;
  readonly webhooks: Pick<Delivery, 'run'> & {
    /** Looks at the mirror's health now. */
    watchHealth(): Promise<void>;
  };
  readonly archive: {
    readonly files: ImageFiles;
    readonly intactImages: IntactImages;
    readonly thumbnails: Thumbnails;
  };
  readonly runner: SyncRunner;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ServerEnv {
  Bindings: HttpBindings;
  Variables: {
    access: Access;
  };
}

export type ServerContext = Context<ServerEnv>;
