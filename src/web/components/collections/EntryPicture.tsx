/** What is seen of a task of a collection: its picture, the first frame of its video, or why there is neither. */
import { useSignal } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import type { TileData } from '../../view/data.ts';
import { Icon, type IconName } from '../Icon.tsx';
import { hasFailed } from '../picture-failure.ts';
import { type Shell, useShell } from '../shell.ts';
import { Thumb } from '../Thumb.tsx';
import { VideoFrame } from '../VideoFrame.tsx';

const ICONS = { failed: 'circle-alert', pending: 'loader-circle', succeeded: 'image-off' } as const;

export function EntryPicture({ task }: { task: TileData }) {
  const { t } = useShell();
  const reason = explainMissing(t, task);
  if (reason !== undefined)
    return <Reason icon={ICONS[task.state]} text={reason} isBusy={task.state === 'pending'} />;
  const sha256 = task.sha256 ?? ''; // there is one, or there would be a reason
  const damaged = <Reason icon="image-off" text={t.damaged} />;
  return task.kind === 'video' ? (
    <EntryVideo key={sha256} sha256={sha256} failure={damaged} />
  ) : (
    <Thumb sha256={sha256} resolution={640} alt="" isLazy failure={damaged} />
  );
}

function EntryVideo({ sha256, failure }: { sha256: string; failure: ReturnType<typeof Reason> }) {
  const isDamaged = useSignal(false);
  const check = useCallback((element: HTMLVideoElement | null) => {
    if (element && hasFailed(element)) isDamaged.value = true;
  }, []);
  if (isDamaged.value) return failure;
  return (
    <VideoFrame
      sha256={sha256}
      check={check}
      onError={() => {
        isDamaged.value = true;
      }}
    />
  );
}

export function Reason({ icon, text, isBusy = false }: { icon: IconName; text: string; isBusy?: boolean }) {
  return (
    <span class={`reason${isBusy ? ' is-busy' : ''}`}>
      <Icon name={icon} />
      <b>{text}</b>
    </span>
  );
}

/** Why a task has no picture; undefined: it has one. */
export function explainMissing(t: Shell['t'], { state, sha256 }: TileData): string | undefined {
  if (state === 'succeeded') return sha256 === null ? t.notKept : undefined;
  return state === 'pending' ? t.generating : t.failed;
}
