/** Runs webhooks: plans messages about what has happened, and delivers them. */
import { type Delivery, type DeliveryDeps, startDelivery } from '../delivery/delivery.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import type { Store } from '../store/contract/store.ts';
import { checkHealth, type HealthDeps } from './health-watch.ts';
import { prepareMessage } from './message.ts';
import { type PlanDeps, planMessages } from './plan-messages.ts';

export interface WebhookDeps extends DeliveryDeps, Omit<HealthDeps, 'store'>, Omit<PlanDeps, 'store'> {
  readonly store: Store;
}

const DAY_MS = 86_400_000;
/** How long receivers may be down. */
const GIVE_UP_AFTER_MS = 3 * DAY_MS;
const RETENTION_MS = 30 * DAY_MS;
const PLAN_INTERVAL_MS = 1000;
const HEALTH_INTERVAL_MS = 5000;
const TRIM_INTERVAL_MS = 3_600_000;

export interface Webhooks extends Delivery {
  /** Looks at the mirror's health now. What keeps that from being recorded is logged. */
  watchHealth(): Promise<void>;
}

/** `run` plans and delivers what is due now. */
export function startWebhooks(deps: WebhookDeps): Webhooks {
  const { store, clock, log } = deps;
  const stopping = new AbortController();
  const delivery = startDelivery(deps, {
    what: 'a webhook',
    giveUpAfterMs: GIVE_UP_AFTER_MS,
    claim: (request) => store.claimDeliveries(request),
    getLane: ({ webhookId }) => webhookId,
    prepare: (item) => prepareMessage(store, item, clock.now()),
    getStartMs: ({ queuedAtMs }) => queuedAtMs,
    record: ({ id }, end) => store.recordDeliveryOutcome(id, end),
  });

  /** Logs a failure once, not every second until it is mended. */
  const guard = (what: string, work: () => Promise<unknown>) => {
    let lastFailure: string | undefined;
    return createSingleFlight(async () => {
      try {
        if (!stopping.signal.aborted) await work();
        lastFailure = undefined;
      } catch (error) {
        const failure = String(error);
        if (!stopping.signal.aborted && failure !== lastFailure) log.error({ err: error }, `${what} failed`);
        lastFailure = failure;
      }
    });
  };
  const plan = guard('planning webhooks', () => planMessages(deps, () => clock.now(), stopping.signal));
  const health = guard('watching the health for webhooks', () => checkHealth(deps, clock.now()));
  const trim = guard('removing old deliveries of webhooks', async () =>
    store.trimDeliveries(clock.now() - RETENTION_MS),
  );
  const timers = [
    setInterval(plan.run, PLAN_INTERVAL_MS),
    setInterval(health.run, HEALTH_INTERVAL_MS),
    setInterval(trim.run, TRIM_INTERVAL_MS),
  ];
  void trim.run();

  return {
    run: async () => {
      await Promise.all([plan.run(), health.run()]);
      await delivery.run();
    },
    watchHealth: health.run,
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      stopping.abort();
      await Promise.all([plan.current, health.current, trim.current, delivery.stop()]);
    },
  };
}
