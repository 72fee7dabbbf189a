/** The frame of a page whose content stays as the server has rendered it: only this is taken over in the browser. */
import type { SearchForm } from '../view/page-data.ts';
import { HelpSheet } from './HelpSheet.tsx';
import { PlainSearch } from './PlainSearch.tsx';
import { type Shell, ShellProvider } from './shell.ts';
import { TopBar } from './TopBar.tsx';

interface Props {
  readonly shell: Shell;
  /** Where the search leads; without it, to the wall. */
  readonly search?: SearchForm | undefined;
}

export function PageShell({ shell, search }: Props) {
  return (
    <ShellProvider value={shell}>
      <a class="skip-link" href="#content">
        {shell.t.skipToContent}
      </a>
      <TopBar>
        <PlainSearch form={search} />
      </TopBar>
      <HelpSheet />
    </ShellProvider>
  );
}
