/** Downloads of documents and marks: JSON Lines and CSV, as `flux-mirror export` writes them. */
import { formatCsvHeader, formatCsvLines } from '../../files/csv.ts';
import { formatDocumentLine } from '../../files/format-line.ts';
import { formatMarksLine } from '../../files/marks-line.ts';
import { readMarksById } from '../../store/contract/marks-by-id.ts';
import type { Store } from '../../store/contract/store.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';

type Pages = AsyncIterable<readonly StoredTask[]>;

export async function* formatJsonLines(pages: Pages): AsyncGenerator<string, void> {
  for await (const page of pages) yield page.map(({ text }) => formatDocumentLine(text)).join('');
}

/** @param imageBase absolute URL of the archived images, which stand in the place of the paths that the command writes */
export async function* formatCsv(
  pages: Pages,
  store: Pick<Store, 'imagesOf' | 'marksOf'>,
  imageBase: string,
): AsyncGenerator<string, void> {
  yield formatCsvHeader();
  for await (const page of pages) {
    const ids = page.map(({ id }) => id);
    const [archived, marked] = await Promise.all([store.imagesOf(ids), readMarksById(store, ids)]);
    yield formatCsvLines(page, ({ id }) => ({
      files: archived.filter(({ taskId }) => taskId === id).map(({ sha256 }) => `${imageBase}/${sha256}`),
      marks: marked.get(id),
    }));
  }
}

/** One line for each task that has or had marks. */
export async function* formatMarks(
  pages: Pages,
  store: Pick<Store, 'marksOf'>,
): AsyncGenerator<string, void> {
  for await (const page of pages) yield await formatMarksOf(page, store);
}

export async function formatMarksOf(
  page: readonly StoredTask[],
  store: Pick<Store, 'marksOf'>,
): Promise<string> {
  const byId = await readMarksById(
    store,
    page.map(({ id }) => id),
  );
  return page
    .flatMap(({ id }) => byId.get(id) ?? [])
    .map(formatMarksLine)
    .join('');
}
