/** The page of the wall, and of a task. The same in the browser, which takes it over as it is. */
import { type App, AppProvider } from '../components/app.ts';
import { FilterBar } from '../components/FilterBar.tsx';
import { HelpSheet } from '../components/HelpSheet.tsx';
import { Rail } from '../components/Rail.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { SearchNotes } from '../components/SearchNotes.tsx';
import { SelectionBar, ToastLine } from '../components/SelectionBar.tsx';
import { StickyHeading } from '../components/StickyHeading.tsx';
import { TaskDialog } from '../components/TaskDialog.tsx';
import { TopBar } from '../components/TopBar.tsx';
import { LaterTrouble, PageTrouble } from '../components/TroubleLine.tsx';
import { Wall } from '../components/Wall.tsx';
import { NewTasksPill, OlderLink } from '../components/WallEnds.tsx';
import { getSort } from '../view/url.ts';

export function WallPage({ app }: { app: App }) {
  const { t } = app;
  return (
    <AppProvider value={app}>
      <a class="skip-link" href="#pictures">
        {t.skipToPictures}
      </a>
      <TopBar>
        <SearchBox />
      </TopBar>
      <main class="wall-page">
        <h1 class="visually-hidden">{t.home}</h1>
        <div class="sticky-filters">
          <FilterBar />
          <StickyHeading />
        </div>
        <PageTrouble />
        <SearchNotes />
        <WallAndRail app={app} />
        <OlderLink />
        <NewTasksPill />
        <div class="floating-stack">
          <LaterTrouble />
          <ToastLine />
          <SelectionBar />
        </div>
      </main>
      <TaskDialog />
      <HelpSheet />
      <Announcement app={app} />
    </AppProvider>
  );
}

/**
 * By best match there are no months. The class comes before what it makes room for, since pages are shown as they arrive; and until
 * the end is there, the wall is not shown (client/styles/wall.css).
 */
function WallAndRail({ app }: { app: App }) {
  const hasRail = getSort(app.state.shownView.value) !== 'relevance';
  return (
    <div id="pictures" tabIndex={-1} class={`wall-and-rail${hasRail ? ' has-rail' : ''}`}>
      <Wall />
      {hasRail && <Rail />}
      <span class="wall-end" />
    </div>
  );
}

function Announcement({ app }: { app: App }) {
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {app.state.announcement.value}
    </p>
  );
}
