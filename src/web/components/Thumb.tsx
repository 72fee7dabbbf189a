/** A small picture, or an icon where it can't be loaded: never the browser's sign for a broken one. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useCallback } from 'preact/hooks';
import { Icon } from './Icon.tsx';
import { hasFailed } from './picture-failure.ts';

interface Props {
  readonly sha256: string;
  /** Pixels that are asked for. */
  readonly resolution: 320 | 640;
  readonly alt: string;
  /** Pixels that it takes. */
  readonly width?: number;
  readonly height?: number;
  /** Whether it is loaded when it comes near. */
  readonly isLazy?: boolean;
  /** Shown in its place if it can't be loaded; default: an icon. */
  readonly failure?: ComponentChildren;
}

export function Thumb({ sha256, resolution, alt, isLazy = false, failure, ...size }: Props) {
  const failed = useSignal<string | undefined>(undefined);
  const check = useCallback(
    (element: HTMLImageElement | null) => {
      if (element && hasFailed(element)) failed.value = sha256;
    },
    [sha256],
  );
  if (failed.value === sha256) return failure ?? <Icon name="image-off" />;
  return (
    <img
      {...size}
      src={`./thumbs/${sha256}?w=${resolution}`}
      alt={alt}
      decoding="async"
      loading={isLazy ? 'lazy' : undefined}
      draggable={false}
      ref={check}
      onError={() => {
        failed.value = sha256;
      }}
    />
  );
}
