/** Asks once more, where it was chosen, before something is done that nothing brings back. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useShell } from '../shell.ts';

interface Props {
  readonly text: string;
  /** On the button that does it. */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

export function Question({ text, action, onConfirm, onCancel }: Props) {
  const { t } = useShell();
  const cancel = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => cancel.current?.focus(), []);
  return (
    <div
      class="saved-question"
      role="group"
      aria-label={text}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onCancel();
      }}
    >
      <p dir="auto">{text}</p>
      <div class="saved-tools">
        <button type="button" class="button is-bad" onClick={onConfirm}>
          {action}
        </button>
        <button ref={cancel} type="button" class="button" onClick={onCancel}>
          {t.cancel}
        </button>
      </div>
    </div>
  );
}
