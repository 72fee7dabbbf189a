/** A link to another view of the wall: it works without a script, and without loading the page when there is one. */
import type { ComponentChildren } from 'preact';
import { linkTo, type View } from '../view/url.ts';
import { useApp } from './app.ts';

interface Props {
  readonly view: View;
  readonly class?: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}

export function ViewLink({ view, title, children, ...props }: Props) {
  const { actions } = useApp();
  return (
    <a
      href={linkTo(view)}
      class={props.class}
      title={title}
      onClick={(event) => {
        if (!actions || !isPlainClick(event)) return;
        event.preventDefault();
        actions.navigate(view, 'push');
      }}
    >
      {children}
    </a>
  );
}

/** Whether a click means this page, and not a new tab or window. */
export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}
