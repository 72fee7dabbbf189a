/** What can be done with one picture of a collection. Its button is also what a finger drags. */
import { useSignal } from '@preact/signals';
import { cutText } from '../../view/cut-text.ts';
import { Icon } from '../Icon.tsx';
import { Popover } from '../Popover.tsx';
import { useShell } from '../shell.ts';
import { getOpen, useCollections } from './state.ts';

interface Props {
  readonly id: string;
  readonly index: number;
  readonly name: string;
  readonly isCover: boolean;
  readonly isGap: boolean;
}

/** Pixels that the menu needs at the side of its button. */
const MENU_WIDTH = 260;
/** Characters of a prompt in the name of a button. */
const MAX_NAME_LENGTH = 60;

export function EntryMenu({ id, index, name, isCover, isGap }: Props) {
  const { actions: shellActions } = useShell();
  const { texts, state, actions } = useCollections();
  const align = useSignal<'start' | 'end'>('start');
  const close = () => shellActions?.togglePopover(undefined);
  const open = getOpen(state);
  const isLast = index + 1 === open?.collection.tasks;
  return (
    <div
      class="entry-menu js-only"
      onClickCapture={({ currentTarget }) => {
        const { left } = currentTarget.getBoundingClientRect();
        align.value =
          left + MENU_WIDTH > currentTarget.ownerDocument.documentElement.clientWidth ? 'end' : 'start';
      }}
    >
      <Popover
        name={`entry-${id}`}
        class="icon-button"
        title={texts.menuOf(cutText(name, MAX_NAME_LENGTH))}
        label={<Icon name="ellipsis" />}
        align={align.value}
      >
        {() => (
          <div class="menu">
            {/* It stays open: one place is often not enough. */}
            <MenuButton
              text={texts.earlier}
              isOff={index === 0}
              onClick={() => actions?.move(id, index - 1)}
            />
            <MenuButton text={texts.later} isOff={isLast} onClick={() => actions?.move(id, index + 1)} />
            <MenuButton text={texts.toStart} isOff={index === 0} onClick={() => actions?.move(id, 0)} />
            <MenuButton text={texts.toEnd} isOff={isLast} onClick={() => actions?.move(id, 'end')} />
            {!isGap && (
              <MenuButton
                text={isCover ? texts.resetCover : texts.useAsCover}
                onClick={() => {
                  close();
                  actions?.chooseCover(isCover ? null : id);
                }}
              />
            )}
            <MenuButton
              text={texts.remove}
              onClick={() => {
                close();
                actions?.take([id]);
              }}
            />
          </div>
        )}
      </Popover>
    </div>
  );
}

interface MenuButtonProps {
  readonly text: string;
  /** It keeps the focus then, so it is not disabled. */
  readonly isOff?: boolean;
  readonly onClick: () => void;
}

function MenuButton({ text, isOff = false, onClick }: MenuButtonProps) {
  return (
    <button
      type="button"
      aria-disabled={isOff}
      onClick={() => {
        if (!isOff) onClick();
      }}
    >
      {text}
    </button>
  );
}
