/** The status page: a sentence, numbers, charts, what is waited for, and what is missing. The same in the browser. */
import { HelpSheet } from '../components/HelpSheet.tsx';
import { PageFooter } from '../components/PageFooter.tsx';
import { PlainSearch } from '../components/PlainSearch.tsx';
import { type Shell, ShellProvider, useShell } from '../components/shell.ts';
import { AddIds } from '../components/status/AddIds.tsx';
import { BackupCard, UpstreamCard } from '../components/status/Facts.tsx';
import { FailingImages } from '../components/status/FailingImages.tsx';
import { Headline, Problems } from '../components/status/Headline.tsx';
import { Numbers } from '../components/status/Numbers.tsx';
import { CostChart, DayChart } from '../components/status/PeriodCharts.tsx';
import { RunChart } from '../components/status/RunChart.tsx';
import { type StatusContextValue, StatusProvider, useStatus } from '../components/status/state.ts';
import { TrackedTable } from '../components/status/TrackedTable.tsx';
import { TopBar } from '../components/TopBar.tsx';
import { ConnectionTrouble } from '../components/TroubleLine.tsx';
import { hasCosts } from '../view/periods.ts';

export function StatusPage({ shell, status }: { shell: Shell; status: StatusContextValue }) {
  const { t } = shell;
  return (
    <ShellProvider value={shell}>
      <StatusProvider value={status}>
        <a class="skip-link" href="#content">
          {t.skipToContent}
        </a>
        <TopBar>
          <PlainSearch />
        </TopBar>
        <main class="text-page" id="content" tabIndex={-1}>
          <StatusContent />
          <ConnectionTrouble />
        </main>
        <PageFooter />
        <AddIds />
        <HelpSheet />
      </StatusProvider>
    </ShellProvider>
  );
}

function StatusContent() {
  const { t } = useShell();
  const data = useStatus().state.data.value;
  const { mirror, days, months, tracked, failing, rights, health } = data;
  return (
    <>
      <Headline data={data} />
      <Problems problems={health.problems} />
      {!rights.seesAll && <p class="limited-note">{t.statusPage.limited}</p>}
      <Numbers data={data} />
      {days && <DayChart list={days} />}
      <div class="card-pair">
        {months && hasCosts(months) && <CostChart list={months} />}
        {mirror && <RunChart runs={mirror.runs} />}
      </div>
      {tracked && <TrackedTable tracked={tracked} />}
      <FailingImages images={mirror?.images} failing={failing ?? []} />
      {mirror && (
        <div class="card-pair">
          <UpstreamCard mirror={mirror} />
          <BackupCard mirror={mirror} />
        </div>
      )}
    </>
  );
}
