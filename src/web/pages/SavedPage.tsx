/** The page of saved searches. The same in the browser, which takes it over as it is. */
import { HelpSheet } from '../components/HelpSheet.tsx';
import { PageFooter } from '../components/PageFooter.tsx';
import { PlainSearch } from '../components/PlainSearch.tsx';
import { FieldsForm } from '../components/saved/FieldsForm.tsx';
import { SavedEntry } from '../components/saved/SavedEntry.tsx';
import { type Saved, SavedProvider } from '../components/saved/state.ts';
import { type Shell, ShellProvider } from '../components/shell.ts';
import { TopBar } from '../components/TopBar.tsx';
import { ConnectionTrouble } from '../components/TroubleLine.tsx';

export function SavedPage({ shell, saved }: { shell: Shell; saved: Saved }) {
  const { t, state, rights } = shell;
  return (
    <ShellProvider value={shell}>
      <SavedProvider value={saved}>
        <a class="skip-link" href="#content">
          {t.skipToContent}
        </a>
        <TopBar>
          <PlainSearch />
        </TopBar>
        <main class="text-page saved-page" id="content" tabIndex={-1}>
          <h1>{t.savedSearches}</h1>
          <p class="muted">{saved.texts.hint}</p>
          {rights.mayChange && <NewSearch saved={saved} />}
          <SavedList saved={saved} />
          <ConnectionTrouble />
        </main>
        <PageFooter />
        <HelpSheet />
        <p class="visually-hidden" role="status" aria-live="polite">
          {state.announcement.value}
        </p>
      </SavedProvider>
    </ShellProvider>
  );
}

function NewSearch({ saved: { texts, state, actions } }: { saved: Saved }) {
  return (
    <section class="card js-only" aria-label={texts.create}>
      <div class="card-head">
        <h2>{texts.create}</h2>
      </div>
      <FieldsForm
        fields={{ name: '', query: state.query }}
        isFocused={state.query !== ''}
        onSave={async (fields) => actions?.create(fields)}
      />
    </section>
  );
}

function SavedList({ saved: { texts, state } }: { saved: Saved }) {
  const items = state.items.value;
  if (!items)
    return (
      <p class="tone-bad" role="alert">
        {texts.notRead}
      </p>
    );
  if (items.length === 0)
    return (
      <p class="muted">
        {texts.empty} {texts.emptyHint}
      </p>
    );
  return (
    <ul class="saved-list">
      {items.map((item) => (
        <SavedEntry key={item.id} item={item} />
      ))}
    </ul>
  );
}
