/** Prometheus metrics. Times are seconds and sizes bytes, as its conventions require. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BatchResult } from '../../store/contract/tasks.ts';
import type { OnRun } from '../../sync/runner.ts';
import type { UpstreamOptions } from '../../upstream/client.ts';
import { getProcessRegistry } from './process-metrics.ts';

/** From a cached response to a generation that takes minutes. */
const SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600,
];

export interface RequestLabels {
  readonly method: string;
  /** The route pattern, never the path: every id would create a series. */
  readonly route: string;
  readonly status: number;
  /** The `Cache-Status` of the response. */
  readonly cacheStatus: string | null | undefined;
}

export interface Metrics {
  readonly registry: Registry;
  /** Records a response. @param ms since the request was received */
  request(labels: RequestLabels, ms: number): void;
  upstreamRequest: NonNullable<UpstreamOptions['onRequest']>;
  syncRun: OnRun;
  stored(result: BatchResult): void;
}

export function createMetrics(): Metrics {
  const registry = Registry.merge([getProcessRegistry()]);
  const registers = [registry];
  const requests = new Histogram({
    name: 'flux_mirror_http_request_duration_seconds',
    help: 'Response time, by route and cache result',
    labelNames: ['method', 'route', 'status', 'cache'],
    buckets: SECONDS,
    registers,
  });
  const upstreamRequests = new Counter({
    name: 'flux_mirror_upstream_requests_total',
    help: 'Requests to the upstream, by status code or kind of failure',
    labelNames: ['outcome'],
    registers,
  });
  const upstreamSeconds = new Histogram({
    name: 'flux_mirror_upstream_request_duration_seconds',
    help: 'Time until the upstream answered',
    buckets: SECONDS,
    registers,
  });
  const runSeconds = new Histogram({
    name: 'flux_mirror_sync_run_duration_seconds',
    help: 'Sync runs, by outcome',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  });
  const lastDone = new Gauge({
    name: 'flux_mirror_sync_last_success_timestamp_seconds',
    help: 'When a sync run last succeeded; 0 if none has since the start',
    registers,
  });
  const documents = new Counter({
    name: 'flux_mirror_documents_total',
    help: 'Documents received, by result',
    labelNames: ['result'],
    registers,
  });
  const regressions = new Counter({
    name: 'flux_mirror_upstream_regressions_total',
    help: 'Finished tasks for which the upstream sent a different text; the stored one was kept',
    registers,
  });
  // Looking up a series by its labels costs more than recording a value, so each is looked up once.
  const series = new Map<string, ReturnType<typeof requests.labels>>();
  const getSeries = ({ method, route, status, cacheStatus }: RequestLabels) => {
    const key = `${method} ${route} ${status} ${cacheStatus}`;
    let one = series.get(key);
    if (!one) {
      one = requests.labels({
        method,
        route,
        status: String(status),
        cache: classifyCacheResult(cacheStatus),
      });
      series.set(key, one);
    }
    return one;
  };

  return {
    registry,
    request: (labels, ms) => getSeries(labels).observe(ms / 1000),
    upstreamRequest: (outcome, durationMs) => {
      upstreamRequests.inc({ outcome });
      upstreamSeconds.observe(durationMs / 1000);
    },
    syncRun: ({ outcome }, durationMs, endedAtMs) => {
      runSeconds.observe({ outcome }, durationMs / 1000);
      if (outcome === 'done') lastDone.set(endedAtMs / 1000);
    },
    stored: (result) => {
      for (const kind of ['inserted', 'updated', 'unchanged', 'kept'] as const)
        documents.inc({ result: kind }, result[kind]);
      regressions.inc(result.regressions);
    },
  };
}

/** `hit`, `stale` (the upstream failed, or took too long), `miss`, `request` or `bypass`; `none` where no cache was asked. */
function classifyCacheResult(cacheStatus: string | null | undefined): string {
  if (!cacheStatus) return 'none';
  if (/detail=stale-(if-error|while-revalidate)/.test(cacheStatus)) return 'stale';
  if (cacheStatus.startsWith('flux-mirror; hit')) return 'hit';
  return /; fwd=(\w+)/.exec(cacheStatus)?.[1] ?? 'none';
}
