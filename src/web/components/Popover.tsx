/**
 * A button that opens something below it: a native popover would do, but its place needs CSS anchors, which not every browser has.
 * Escape and a click elsewhere close it (client/popovers.ts), and the focus returns to the button.
 */
import type { ComponentChildren } from 'preact';
import { type PopoverName, useShell } from './shell.ts';

interface Props {
  readonly name: PopoverName;
  readonly class?: string;
  /** What the button shows. */
  readonly label: ComponentChildren;
  /** Its name, if it shows only an icon. */
  readonly title?: string | undefined;
  readonly isActive?: boolean;
  readonly align?: 'start' | 'end';
  readonly children: () => ComponentChildren;
}

export function Popover({
  name,
  label,
  title,
  isActive = false,
  align = 'start',
  children,
  ...props
}: Props) {
  const { state, actions } = useShell();
  const isOpen = state.openPopover.value === name;
  return (
    <div class="popover-anchor" data-popover={name}>
      <button
        type="button"
        class={`${props.class ?? 'chip'}${isActive ? ' is-active' : ''}`}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        aria-label={title}
        title={title}
        onClick={() => actions?.togglePopover(isOpen ? undefined : name)}
      >
        {label}
      </button>
      {isOpen && (
        <div
          class={`popover popover-${align}`}
          role="dialog"
          tabIndex={-1}
          aria-label={title ?? (typeof label === 'string' ? label : name)}
        >
          {children()}
        </div>
      )}
    </div>
  );
}
