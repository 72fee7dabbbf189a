/** What a status page shows, for tests: a mirror where all is well, but for what a test changes. */
import type { MirrorStatus, RunItem, StatusData } from '../../src/web/view/status-data.ts';

export interface StatusChanges {
  readonly totals?: Partial<NonNullable<StatusData['totals']>>;
  readonly health?: Partial<StatusData['health']>;
  readonly images?: Partial<MirrorStatus['images']>;
  readonly upstream?: Partial<MirrorStatus['upstream']>;
  readonly backup?: MirrorStatus['backup'];
  /** Of the runs, the newest first. */
  readonly outcomes?: readonly string[];
  readonly isLimited?: boolean;
  readonly isUnreadable?: boolean;
  readonly days?: StatusData['days'];
  readonly months?: StatusData['months'];
}

const NOW_MS = Date.UTC(2026, 10, 26, 12);

export function createStatusData(changes: StatusChanges = {}): StatusData {
  const { isLimited = false, isUnreadable = false, days = null, months = null } = changes;
  return {
    language: 'en',
    version: '1.2.3',
    preferences: {
      theme: 'system',
      language: undefined,
      density: 'medium',
      captions: false,
      shortcuts: true,
      timeZone: 'UTC',
    },
    rights: { isSignedIn: isLimited, seesAll: !isLimited, mayChange: true },
    timeZone: 'UTC',
    nowMs: NOW_MS,
    health: { state: 'ok', synced_at: null, since: null, problems: [], ...changes.health },
    totals: { total: 12_408, pending: 0, succeeded: 12_351, failed: 54, ...changes.totals },
    failedToday: 0,
    failing: [],
    tracked: { items: [], total: 0 },
    mirror: isLimited || isUnreadable ? null : createMirrorStatus(changes),
    ...{ isUnreadable, days, months },
  };
}

export function createMirrorStatus(changes: StatusChanges = {}): MirrorStatus {
  return {
    images: {
      ...{ archived: 12_297, wanted: 0, given_up: 0, missing: 0, bytes: 16_800_000_000, reasons: [] },
      ...changes.images,
    },
    database_bytes: 400_000_000,
    due: 0,
    given_up: 0,
    callbacks: { waiting: 0, undelivered: 0, last_error: null },
    upstream: {
      ...{ state: 'ok', until: null, message: null, answered_at: null, failed_at: null },
      ...changes.upstream,
    },
    runs: (changes.outcomes ?? []).map(createRun),
    backup: changes.backup ?? { at: null, error: null },
  };
}

function createRun(outcome: string, at: number): RunItem {
  const startMs = NOW_MS - at * 15_000;
  return {
    id: 1000 - at,
    trigger: 'schedule',
    started_at: new Date(startMs).toISOString(),
    ended_at: new Date(startMs + 180).toISOString(),
    outcome,
    finished: 1,
    requests: 2,
    error: outcome === 'done' ? null : 'it went wrong',
  };
}
