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

/** `run` plans and delivers what is due now. */
export function startWebhooks(deps: WebhookDeps): Delivery {
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

  const guard = (what: string, work: () => Promise<unknown>) =>
    createSingleFlight(async () => {
      try {
        if (!stopping.signal.aborted) await work();
      } catch (error) {
        if (!stopping.signal.aborted) log.error({ err: error }, `${what} failed`);
      }
    });
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
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      stopping.abort();
      await Promise.all([plan.current, health.current, trim.current, delivery.stop()]);
    },
  };
}
