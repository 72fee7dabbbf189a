/** Small facts about the mirror's surroundings: the upstream, and backups. */
import type { MirrorStatus } from '../../view/status-data.ts';
import { useShell } from '../shell.ts';
import { Card } from './Card.tsx';

type Fact = readonly [label: string, value: string, lang?: 'en'];

export function UpstreamCard({ mirror: { upstream, callbacks } }: { mirror: MirrorStatus }) {
  const { t, f } = useShell();
  const p = t.statusPage;
  const names: Readonly<Record<string, string>> = p.upstreamStates;
  const time = (iso: string | null) => (iso === null ? p.never : f.dateTime(iso));
  const facts: Fact[] = [
    [p.stateLabel, names[upstream.state] ?? upstream.state],
    [p.answeredLabel, time(upstream.answered_at)],
    [p.failedLabel, time(upstream.failed_at)],
  ];
  if (upstream.until !== null) facts.push([p.untilLabel, f.dateTime(upstream.until)]);
  if (upstream.message !== null) facts.push([p.reason, upstream.message, 'en']);
  const waiting = callbacks.waiting + callbacks.undelivered;
  if (waiting > 0) facts.push([p.callbacksLabel, f.number(waiting)]);
  return (
    <Card id="upstream" title={p.upstream}>
      <Facts facts={facts} />
    </Card>
  );
}

export function BackupCard({ mirror: { backup } }: { mirror: MirrorStatus }) {
  const { t, f } = useShell();
  const p = t.statusPage;
  const facts: Fact[] = [[p.lastBackup, backup.at === null ? p.noBackup : f.dateTime(backup.at)]];
  if (backup.error !== null) facts.push([p.backupError, backup.error, 'en']);
  return (
    <Card id="backups" title={p.backups}>
      <Facts facts={facts} />
      <p class="muted small">{p.backupHint}</p>
    </Card>
  );
}

function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(([label, value, lang]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd lang={lang}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
