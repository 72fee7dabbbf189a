/** The first frame of a video: the browser reads no more of it. */
import { Icon } from './Icon.tsx';

interface Props {
  readonly sha256: string;
  /** Called with the element: it may have failed before. */
  readonly check: (element: HTMLVideoElement | null) => void;
  readonly onError: () => void;
}

export function VideoFrame({ sha256, check, onError }: Props) {
  return (
    <>
      <video
        key={sha256}
        src={`./images/${sha256}#t=0.1`}
        preload="metadata"
        muted
        playsInline
        tabIndex={-1}
        aria-hidden="true"
        ref={check}
        onError={onError}
      />
      <span class="badge badge-video">
        <Icon name="play" size={14} />
      </span>
    </>
  );
}
