/** Downloads of documents: JSON Lines and CSV, as `flux-mirror export` writes them. */
import { formatCsvHeader, formatCsvLines } from '../../files/csv.ts';
import { formatDocumentLine } from '../../files/format-line.ts';
import type { Store } from '../../store/contract/store.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';

type Pages = AsyncIterable<readonly StoredTask[]>;

export async function* formatJsonLines(pages: Pages): AsyncGenerator<string, void> {
  for await (const page of pages) yield page.map(({ text }) => formatDocumentLine(text)).join('');
}

/** @param imageBase absolute URL of the archived images, which stand in the place of the paths that the command writes */
export async function* formatCsv(
  pages: Pages,
  store: Pick<Store, 'imagesOf'>,
  imageBase: string,
): AsyncGenerator<string, void> {
  yield formatCsvHeader();
  for await (const page of pages) {
    const archived = await store.imagesOf(page.map(({ id }) => id));
    yield formatCsvLines(page, ({ id }) =>
      archived.filter(({ taskId }) => taskId === id).map(({ sha256 }) => `${imageBase}/${sha256}`),
    );
  }
}
