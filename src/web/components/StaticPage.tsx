/** A page of text around its content, which no script changes; its frame and its buttons that copy are used with one. */
import type { ComponentChildren } from 'preact';
import type { SearchForm } from '../view/page-data.ts';
import { PageFooter } from './PageFooter.tsx';
import { PageShell } from './PageShell.tsx';
import { type Shell, ShellProvider } from './shell.ts';

interface Props {
  readonly shell: Shell;
  readonly search?: SearchForm | undefined;
  /** Of the content. */
  readonly class: string;
  readonly children: ComponentChildren;
}

export function StaticPage({ shell, search, class: name, children }: Props) {
  return (
    <>
      <div id="shell" class="contents-only">
        <PageShell shell={shell} search={search} />
      </div>
      <ShellProvider value={shell}>
        <main class={name} id="content" tabIndex={-1}>
          {children}
        </main>
        <PageFooter />
        <p id="copied" class="visually-hidden" role="status" data-text={shell.t.copied} />
      </ShellProvider>
    </>
  );
}
