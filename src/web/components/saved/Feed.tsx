/** The feed of a saved search: turned on and off, its addresses copied and replaced. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { SavedItem } from '../../view/saved-data.ts';
import { Icon } from '../Icon.tsx';
import { useShell } from '../shell.ts';
import { type Problem, useTrial } from '../use-trial.ts';
import { Question } from './Question.tsx';
import { useSaved } from './state.ts';

export function Feed({ item }: { item: SavedItem }) {
  const { texts, actions } = useSaved();
  const done = useSignal('');
  const { problem, attempt } = useTrial();
  /** What takes the addresses from those who have them is asked once more. */
  const asked = useSignal<'renew' | 'revoke' | undefined>(undefined);
  /** @param text says that it was done */
  const run = (text: string, change: () => Promise<Problem> | undefined) => {
    asked.value = undefined;
    done.value = '';
    void attempt(async () => change()).then((isDone) => {
      if (isDone) done.value = text;
    });
  };
  const copy = (address: string) =>
    run(texts.copied, () => actions?.copy(address).then(() => undefined, String));
  return (
    <div class="saved-feed" role="group" aria-label={texts.feedOf(item.name)}>
      <p class="muted">{texts.feedHint}</p>
      {item.feed && (
        <>
          <Address label={texts.atom} address={item.feed.atom} onCopy={copy} />
          <Address label={texts.json} address={item.feed.json} onCopy={copy} />
        </>
      )}
      {asked.value === 'renew' && (
        <Question
          text={texts.renewQuestion}
          action={texts.renew}
          onConfirm={() => run(texts.renewed, () => actions?.turnFeedOn(item))}
          onCancel={() => {
            asked.value = undefined;
          }}
        />
      )}
      {asked.value === 'revoke' && (
        <Question
          text={texts.revokeQuestion}
          action={texts.revoke}
          onConfirm={() => run(texts.revoked, () => actions?.turnFeedOff(item))}
          onCancel={() => {
            asked.value = undefined;
          }}
        />
      )}
      {asked.value === undefined && (
        <div class="saved-tools">
          {item.has_feed ? (
            (['renew', 'revoke'] as const).map((what) => (
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
            ))
          ) : (
            <button
              type="button"
              class="button"
              onClick={() => run(texts.feedOn, () => actions?.turnFeedOn(item))}
            >
              {texts.turnOn}
            </button>
          )}
        </div>
      )}
      <p class={problem === undefined ? 'muted' : 'form-problem'} role="status">
        {problem ?? done.value}
      </p>
    </div>
  );
}

interface AddressProps {
  readonly label: string;
  readonly address: string;
  readonly onCopy: (address: string) => void;
}

function Address({ label, address, onCopy }: AddressProps) {
  const { t } = useShell();
  const id = useId();
  return (
    <div class="saved-address">
      <label for={id}>{label}</label>
      <input id={id} type="text" readOnly value={address} onFocus={(event) => event.currentTarget.select()} />
      <button type="button" class="button" aria-label={`${t.copy}: ${label}`} onClick={() => onCopy(address)}>
        <Icon name="copy" size={16} />
        {t.copy}
      </button>
    </div>
  );
}
