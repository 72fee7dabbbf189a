/** A link that the browser saves, with a name that says what it is. */
import type { TaskDetails } from '../view/data.ts';
import { createFileName } from '../view/file-name.ts';
import { useApp } from './app.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly details: TaskDetails;
  /** Index of the picture or video. */
  readonly shown: number;
  readonly class: string;
  readonly hasText?: boolean;
}

export function SaveLink({ details, shown, hasText = false, ...props }: Props) {
  const { t, timeZone } = useApp();
  const file = [...details.images, ...details.videos][shown]?.local;
  if (!file) return null;
  const name = createFileName({
    ...{ createdAtMs: Date.parse(details.created_at), prompt: details.prompt, id: details.id, timeZone },
    mediaType: file.media_type,
  });
  return (
    <a
      class={props.class}
      href={`./images/${file.sha256}`}
      download={name}
      title={t.save}
      aria-label={hasText ? undefined : t.save}
      data-key-action="save"
    >
      <Icon name="download" size={hasText ? 16 : 18} />
      {hasText && t.save}
    </a>
  );
}
