/** Tables of parameters and members. */
import type { JsonObject } from '../../../task/json-object.ts';
import type { ApiParameter } from '../../view/docs/describe-api.ts';
import { describeType, listConstraints, listValues } from '../../view/docs/describe-type.ts';
import type { SchemaRow } from '../../view/docs/schema-rows.ts';
import { useShell } from '../shell.ts';

interface TableRow {
  readonly name: string;
  readonly isRequired: boolean;
  readonly schema: JsonObject;
  readonly description: string;
  /** Of a parameter. */
  readonly place?: string;
}

export function ParameterTable({ parameters }: { parameters: readonly ApiParameter[] }) {
  const { t } = useShell();
  const places: Readonly<Record<string, string>> = t.docsPage.places;
  return (
    <Table
      caption={t.docsPage.parameters}
      rows={parameters.map((parameter) => ({
        ...parameter,
        place: places[parameter.place] ?? parameter.place,
      }))}
    />
  );
}

export function MemberTable({ rows, caption }: { rows: readonly SchemaRow[]; caption: string }) {
  return (
    <Table
      caption={caption}
      rows={rows.map(({ path, schema, isRequired }) => ({
        ...{ name: path, schema, isRequired },
        description: typeof schema.description === 'string' ? schema.description : '',
      }))}
    />
  );
}

function Table({ rows, caption }: { rows: readonly TableRow[]; caption: string }) {
  const { t } = useShell();
  const p = t.docsPage;
  return (
    <table class="schema-table">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{p.name}</th>
          <th scope="col">{p.type}</th>
          <th scope="col">{p.meaning}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <td>
              <code>{row.name}</code>
              {row.isRequired && <small class="required">{p.required}</small>}
            </td>
            <td class="muted">
              {describeType(row.schema, p)}
              {row.place !== undefined && <small> · {row.place}</small>}
            </td>
            <td>
              <Meaning row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Meaning({ row: { schema, description } }: { row: TableRow }) {
  const { t } = useShell();
  const values = listValues(schema);
  const constraints = listConstraints(schema, t.docsPage);
  return (
    <>
      {description !== '' && <span lang="en">{description}</span>}
      {values.length > 0 && (
        <span class="values-line">
          {values.map((value) => (
            <code key={value}>{value}</code>
          ))}
        </span>
      )}
      {constraints.length > 0 && <small class="muted">{constraints.join(' · ')}</small>}
    </>
  );
}
