/** A page of collections that has nothing to show, and why. */
import { useShell } from '../shell.ts';
import { useCollections } from './state.ts';

/** @param retry the address of what could not be loaded */
export function CollectionNotice({ text, retry }: { text: string; retry?: string }) {
  const { t } = useShell();
  const { texts } = useCollections();
  return (
    <div class="empty">
      <h1>{text}</h1>
      <a class="button" href={retry ?? './collections'}>
        {retry === undefined ? texts.all : t.tryAgain}
      </a>
    </div>
  );
}
