/**
 * What the mirror needs from a store, in the domain's terms, one file per topic. SQLite implements it today; other engines
 * may follow, checked by the same conformance suite. Every function is one atomic step, and callers always `await`.
 */
import type { AccessStore } from './access.ts';
import type { ActivityStore } from './activity.ts';
import type { CallbackStore } from './callbacks.ts';
import type { ChangeStore } from './changes.ts';
import type { CheckpointStore } from './checkpoints.ts';
import type { CircuitStore } from './circuit.ts';
import type { CollectionStore } from './collections.ts';
import type { FetchingStore } from './fetching.ts';
import type { HealthStore } from './health.ts';
import type { ImageStore } from './images.ts';
import type { MarkStore } from './marks.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { RunStore } from './runs.ts';
import type { SavedSearchStore } from './saved-searches.ts';
import type { SearchStore } from './search.ts';
import type { ServerStore } from './servers.ts';
import type { TaskStore } from './tasks.ts';
import type { TrackingStore } from './tracking.ts';
import type { TurnStore } from './turns.ts';
import type { UnusedImageStore } from './unused-images.ts';
import type { WallStore } from './wall.ts';
import type { WebhookStore } from './webhooks.ts';

export interface Store
  extends TaskStore,
    SearchStore,
    WallStore,
    ActivityStore,
    ImageStore,
    UnusedImageStore,
    MarkStore,
    CollectionStore,
    SavedSearchStore,
    WebhookStore,
    CallbackStore,
    TrackingStore,
    RunStore,
    ServerStore,
    FetchingStore,
    TurnStore,
    CircuitStore,
    AccessStore,
    CheckpointStore,
    HealthStore,
    ChangeStore {
  close(): MaybePromise<void>;
}
