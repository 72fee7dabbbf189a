/** `flux-mirror status`: what is stored, what is due, what fails and why. */
import { hostname } from 'node:os';
import { Command } from 'commander';
import { describePlace } from '../app/describe-place.ts';
import { type AskedServer, type AskedServers, askServers, type ServerState } from '../app/server-address.ts';
import { runWithStore } from '../app/with-store.ts';
import { readLastBackup } from '../backup/last-backup.ts';
import { systemClock } from '../lib/clock.ts';
import { explainErrorCodes } from '../lib/errno.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import { serializeFailingImage } from '../views/failing-image-json.ts';
import { listProblems, OFFLINE } from '../views/problems.ts';
import { serializeRun } from '../views/run-json.ts';
import { readStatus } from '../views/status-json.ts';
import type { Status } from '../views/status-schema.ts';
import { EXIT } from './failure.ts';
import { formatCount, formatMegabytes, print, printJson } from './output.ts';
import { addSettings, readConfig } from './settings.ts';

const MAX_SHOWN_RUNS = 5;

export function createStatusCommand(): Command {
  const command = new Command('status')
    .summary('counts, last runs, what is due')
    .description('Shows what the mirror holds, the last sync runs, what is due, and what fails and why.')
    .option('--check', 'exit with 1 if there is a problem, for scripts and monitoring')
    .option('--json', 'print it as JSON');
  return addSettings(command).action(async (options: { check?: boolean; json?: boolean }) => {
    const config = readConfig(command);
    const { status, asked, needsToken, problems, backup, runs, failing, failingImages } = await runWithStore(
      config,
      'reader',
      async (store) => ({
        status: await readStatus({ store, clock: systemClock }),
        asked: await askServers(store, (await store.readClock()) ?? systemClock.now(), fetch),
        needsToken: await store.requiresToken(),
        problems: await listProblems({ store, clock: systemClock, config }),
        backup: await readLastBackup(store),
        runs: (await store.runs(MAX_SHOWN_RUNS)).map(serializeRun),
        failing: (await store.tracked({ limit: 1000, offset: 0 })).items
          .filter(({ lastError }) => lastError !== undefined)
          .map(({ id, lastError, attempts }) => ({ id, attempts, last_error: lastError })),
        failingImages: (await store.failingImages(1000)).map(serializeFailingImage),
      }),
    );
    // A running server knows more than its files show.
    const { servers, answering: server } = asked;
    const told = servers.flatMap(({ state }) => state?.reasons ?? []);
    const reasons = server === undefined ? problems : [...new Set([...server.reasons, ...told])];
    const isUnresponsive = servers.some(({ host, state }) => state === undefined && host === hostname());
    const isProblem = reasons.some((reason) => reason !== OFFLINE);
    if (options.check && (isProblem || isUnresponsive)) process.exitCode = EXIT.failed;
    if (options.json) {
      printJson({
        data_dir: config.dataDir,
        server: server ?? null,
        servers: servers.map(serializeServer),
        ...status,
        needs_token: needsToken || config.tokens.length > 0,
        trouble: reasons,
        last_backup: formatIsoTime(backup.atMs),
        runs,
        failing,
        failing_images: failingImages,
      });
      return;
    }
    const { by_state: states, upstream, images, callbacks } = status;
    for (const line of describeServers(asked)) print(`server    ${line}`);
    for (const reason of reasons) print(`!!        ${explainErrorCodes(reason)}`);
    print(`data      in ${await describePlace(config)}`);
    print(`callers   ${needsToken || config.tokens.length > 0 ? 'need a token' : 'need no token'}`);
    print(
      `tasks     ${formatCount(status.total)} (${formatCount(states.succeeded)} succeeded, ${formatCount(states.failed)} failed, ${formatCount(states.pending)} pending)`,
    );
    print(`dates     ${status.oldest ?? '-'} to ${status.newest ?? '-'}`);
    print(
      `tracked   ${formatCount(status.tracked)} (${formatCount(status.due)} due now, ${formatCount(status.given_up)} given up)`,
    );
    print(`upstream  ${describeUpstream(upstream)}`);
    print(
      `images    ${formatCount(images.archived)} archived (${formatMegabytes(images.bytes)}), ${formatCount(images.wanted)} to fetch, ${formatCount(images.given_up)} given up${images.missing === 0 ? '' : `, ${formatCount(images.missing)} without a file`}`,
    );
    for (const { error, count } of images.reasons)
      print(`          ${formatCount(count)} × ${explainErrorCodes(error)}`);
    if (callbacks.waiting + callbacks.undelivered + callbacks.delivered + callbacks.given_up > 0) {
      print(
        `callbacks ${formatCount(callbacks.waiting)} expected, ${formatCount(callbacks.delivered)} forwarded, ${formatCount(callbacks.undelivered)} to forward, ${formatCount(callbacks.given_up)} given up${callbacks.last_error === null ? '' : ` (${explainErrorCodes(callbacks.last_error)})`}`,
      );
    }
    print(
      `disk      ${formatMegabytes(status.disk_bytes)} in ${config.dataDir} (database ${formatMegabytes(status.database_bytes)}, images ${formatMegabytes(images.bytes)})`,
    );
    print(
      `backup    ${formatIsoTime(backup.atMs) ?? 'none yet'}${config.backupCron === 'off' ? '; no schedule (FLUX_MIRROR_BACKUP_CRON)' : ''}`,
    );
    for (const run of runs) {
      print(
        `run ${run.id}  ${run.started_at}  ${run.outcome}: ${formatCount(run.claimed)} ids, ${formatCount(run.finished)} finished, ${formatCount(run.failed)} failed${run.error === null ? '' : ` (${explainErrorCodes(run.error)})`}`,
      );
    }
    for (const { id, attempts, last_error } of failing.slice(0, 10))
      print(`${id}  after ${formatCount(attempts)} tries: ${explainErrorCodes(last_error ?? '')}`);
    if (failing.length > 10) print(`and ${formatCount(failing.length - 10)} more: see --json`);
  });
}

function describeUpstream({ state, until, message, answered_at, failed_at }: Status['upstream']): string {
  if (message !== null) return `${state}: ${explainErrorCodes(message)}, until ${until}`;
  if (failed_at !== null && (answered_at === null || answered_at < failed_at))
    return `no answer at ${failed_at}${answered_at === null ? '' : `; last answered ${answered_at}`}`;
  return answered_at === null ? 'not asked yet' : `${state}, last answered ${answered_at}`;
}

function describeServers({ servers, answering }: AskedServers): string[] {
  if (servers.length > 0) return servers.map(describeServer);
  return [answering === undefined ? 'not running' : describeState(answering)];
}

function describeServer({ pid, host, heartbeat, state }: AskedServer): string {
  const answer = state && describeState(state);
  if (heartbeat === undefined) return answer ?? `does not answer; process ${pid} holds the data directory`;
  const about = `on ${host}, version ${heartbeat.version}, last seen ${formatIsoTime(heartbeat.seenAtMs)}`;
  return `${answer ?? `does not answer here; process ${pid}`} ${about}`;
}

function describeState({ status, url, pid }: ServerState): string {
  return `${status} at ${url} (pid ${pid})`;
}

function serializeServer({ pid, host, heartbeat, state }: AskedServer) {
  return {
    ...{ pid, host, url: state?.url ?? heartbeat?.url ?? null, version: heartbeat?.version ?? null },
    started_at: formatIsoTime(heartbeat?.startedAtMs),
    seen_at: formatIsoTime(heartbeat?.seenAtMs),
    status: state?.status ?? null,
    reasons: state?.reasons ?? [],
  };
}
