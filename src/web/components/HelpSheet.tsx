/** The sheet of keys. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Dictionary } from '../view/i18n/dictionary.ts';
import { Icon } from './Icon.tsx';
import { useShell } from './shell.ts';

type KeyText = keyof Dictionary['keyTexts'];

const KEYS: Readonly<
  Record<keyof Dictionary['keyGroups'], readonly (readonly [KeyText, readonly string[]])[]>
> = {
  anywhere: [
    ['search', ['/']],
    ['help', ['?']],
  ],
  wall: [
    ['move', ['←', '→', '↑', '↓']],
    ['rowEnds', ['Home', 'End']],
    ['ends', ['Ctrl Home', 'Ctrl End']],
    ['screen', ['PageUp', 'PageDown']],
    ['months', ['[', ']']],
    ['goTo', ['g']],
    ['open', ['Enter']],
    ['select', ['Space', 'x']],
    ['selectAll', ['Ctrl A']],
    ['clear', ['Esc']],
    ['leaveSearch', ['Esc Esc']],
  ],
  task: [
    ['prevNext', ['←', '→']],
    ['firstLast', ['Home', 'End']],
    ['zoom', ['Space']],
    ['copy', ['c']],
    ['use', ['u']],
    ['save', ['s']],
    ['panel', ['i']],
    ['full', ['f']],
  ],
  marks: [
    ['star', ['l']],
    ['rate', ['0', '…', '5']],
    ['tags', ['t']],
    ['note', ['n']],
    ['hide', ['h']],
    ['collect', ['a']],
  ],
};

/** @param children keys of a page that has its own */
export function HelpSheet({ children }: { children?: ComponentChildren }) {
  const { state } = useShell();
  return state.isHelpOpen.value ? <Sheet>{children}</Sheet> : null;
}

function Sheet({ children }: { children: ComponentChildren }) {
  const { t, actions, rights } = useShell();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="keys-title"
      onClose={() => actions?.toggleHelp(false)}
    >
      <header>
        <h2 id="keys-title">{t.keys}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t.close}
          onClick={() => actions?.toggleHelp(false)}
        >
          <Icon name="x" />
        </button>
      </header>
      {children}
      {Object.entries(KEYS)
        .filter(([group]) => group !== 'marks' || rights.mayChange)
        .map(([group, keys]) => (
          <KeySection
            key={group}
            title={t.keyGroups[group as keyof typeof KEYS]}
            keys={keys.map(([text, caps]) => [t.keyTexts[text], caps])}
          />
        ))}
    </dialog>
  );
}

interface KeySectionProps {
  readonly title: string;
  readonly keys: readonly (readonly [text: string, caps: readonly string[]])[];
}

export function KeySection({ title, keys }: KeySectionProps) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {keys.map(([text, caps]) => (
          <div key={text}>
            <dt>
              {caps.map((cap) => (
                <kbd key={cap}>{cap}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
