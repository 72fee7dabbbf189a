/** The page of collections: all of them, or one. The same in the browser, which takes it over as it is. */
import { CollectionContent } from '../components/collections/CollectionContent.tsx';
import { CollectionKeys } from '../components/collections/CollectionKeys.tsx';
import { CollectionList } from '../components/collections/CollectionList.tsx';
import { CollectionNotice } from '../components/collections/CollectionNotice.tsx';
import { Dialogs } from '../components/collections/Dialogs.tsx';
import { type Collections, CollectionsProvider } from '../components/collections/state.ts';
import { HelpSheet } from '../components/HelpSheet.tsx';
import { PageFooter } from '../components/PageFooter.tsx';
import { PlainSearch } from '../components/PlainSearch.tsx';
import { type Shell, ShellProvider } from '../components/shell.ts';
import { ToastView } from '../components/Toast.tsx';
import { TopBar } from '../components/TopBar.tsx';
import { ConnectionTrouble } from '../components/TroubleLine.tsx';
import { linkToCollection } from '../view/collections-data.ts';

export function CollectionsPage({ shell, collections }: { shell: Shell; collections: Collections }) {
  const { t, state, rights } = shell;
  const content = collections.state.content.value;
  return (
    <ShellProvider value={shell}>
      <CollectionsProvider value={collections}>
        <a class="skip-link" href="#content">
          {t.skipToContent}
        </a>
        <TopBar>
          <PlainSearch />
        </TopBar>
        <main class="text-page collections-page" id="content" tabIndex={-1}>
          {content.kind === 'list' && <CollectionList items={content.items} />}
          {content.kind === 'one' && <CollectionContent open={content.open} />}
          {content.kind === 'missing' && <CollectionNotice text={collections.texts.missing} />}
          {content.kind === 'failed' && (
            <CollectionNotice
              text={collections.texts.noneHere}
              retry={content.id === '' ? './collections' : linkToCollection(content.id)}
            />
          )}
          <ConnectionTrouble>
            <ToastView toast={collections.state.toast.value} />
          </ConnectionTrouble>
        </main>
        <PageFooter />
        <Dialogs />
        <HelpSheet>{content.kind === 'one' && <CollectionKeys mayChange={rights.mayChange} />}</HelpSheet>
        <p class="visually-hidden" role="status" aria-live="polite">
          {state.announcement.value}
        </p>
      </CollectionsProvider>
    </ShellProvider>
  );
}
