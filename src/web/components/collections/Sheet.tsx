/** A dialog of the page of collections, with its title and the button that closes it. */
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../Icon.tsx';
import { useShell } from '../shell.ts';
import { useCollections } from './state.ts';

export function Sheet({ title, children }: { title: string; children: ComponentChildren }) {
  const { t } = useShell();
  const { actions } = useCollections();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="sheet collection-sheet"
      aria-labelledby={id}
      onClose={() => actions?.openDialog(undefined)}
    >
      <header>
        <h2 id={id} dir="auto">
          {title}
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="x" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
