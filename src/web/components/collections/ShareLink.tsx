/** The public link of a collection: made, copied, with or without prompts, replaced, revoked. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { CollectionData } from '../../view/data.ts';
import { Icon } from '../Icon.tsx';
import { Popover } from '../Popover.tsx';
import { useShell } from '../shell.ts';
import { useTrial } from '../use-trial.ts';
import { useCollections } from './state.ts';

export function ShareLink({ collection }: { collection: CollectionData }) {
  const { texts } = useCollections();
  return (
    <Popover
      name="share"
      class="button js-only"
      isActive={collection.is_shared}
      title={texts.share}
      label={
        <>
          <Icon name="external-link" size={16} />
          {texts.share}
        </>
      }
    >
      {() => <ShareControls link={collection.link} />}
    </Popover>
  );
}

function ShareControls({ link }: Pick<CollectionData, 'link'>) {
  const { texts, actions } = useCollections();
  const withPrompts = useSignal(true);
  const done = useSignal('');
  const { problem, attempt } = useTrial();
  /** @param text says that it was done */
  const run = (text: string, change: () => Promise<string | undefined> | undefined) => {
    done.value = '';
    void attempt(async () => change()).then((isDone) => {
      if (isDone) done.value = text;
    });
  };
  const showsPrompts = link ? link.shows_prompts : withPrompts.value;
  return (
    <div class="share">
      <h2>{texts.shareTitle}</h2>
      <p class="muted">{texts.shareHint}</p>
      <label class="toggle">
        <input
          type="checkbox"
          checked={showsPrompts}
          onChange={({ currentTarget: { checked } }) => {
            if (!link) withPrompts.value = checked;
            else
              run(checked ? texts.promptsShown : texts.promptsHidden, () =>
                actions?.share({ prompts: checked }),
              );
          }}
        />
        {texts.withPrompts}
      </label>
      {link ? (
        <SharedLink link={link} run={run} />
      ) : (
        <button
          type="button"
          class="button is-primary"
          onClick={() => run(texts.linkCreated, () => actions?.share({ prompts: withPrompts.value }))}
        >
          {texts.createLink}
        </button>
      )}
      <p class={problem === undefined ? 'muted' : 'form-problem'} role="status">
        {problem ?? done.value}
      </p>
    </div>
  );
}

interface SharedLinkProps {
  readonly link: NonNullable<CollectionData['link']>;
  readonly run: (text: string, change: () => Promise<string | undefined> | undefined) => void;
}

function SharedLink({ link, run }: SharedLinkProps) {
  const { t, f } = useShell();
  const { texts, actions } = useCollections();
  const id = useId();
  /** What takes the link from those who have it is asked once more. */
  const asked = useSignal<'renew' | 'revoke' | undefined>(undefined);
  const confirm = () => {
    const what = asked.value;
    asked.value = undefined;
    if (what === 'renew') run(texts.renewed, () => actions?.share({ renew: true }));
    else run(texts.revoked, () => actions?.unshare());
  };
  return (
    <>
      <label for={id}>
        {texts.link} <span class="muted">{texts.linkSince(f.date(link.created_at))}</span>
      </label>
      <div class="share-link">
        <input
          id={id}
          type="text"
          readOnly
          value={link.url}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          class="button"
          onClick={() => run(texts.linkCopied, () => actions?.copy(link.url).then(() => undefined))}
        >
          <Icon name="copy" size={16} />
          {t.copy}
        </button>
      </div>
      {asked.value === undefined ? (
        <div class="share-end">
          {(['renew', 'revoke'] as const).map((what) => (
            <button
              key={what}
              type="button"
              class={`button${what === 'revoke' ? ' is-bad' : ''}`}
              onClick={() => {
                asked.value = what;
              }}
            >
              {texts[what]}
            </button>
          ))}
        </div>
      ) : (
        <div class="share-end" role="group" aria-label={texts[asked.value]}>
          <p>{asked.value === 'renew' ? texts.renewQuestion : texts.revokeQuestion}</p>
          <button type="button" class="button is-bad" onClick={confirm}>
            {texts[asked.value]}
          </button>
          <button
            type="button"
            class="button"
            onClick={() => {
              asked.value = undefined;
            }}
          >
            {t.cancel}
          </button>
        </div>
      )}
    </>
  );
}
