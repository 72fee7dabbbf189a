/** The dialog of the page of collections that is open, if one is. */
import { DeleteDialog } from './DeleteDialog.tsx';
import { FieldsDialog } from './FieldsDialog.tsx';
import { getOpen, useCollections } from './state.ts';

export function Dialogs() {
  const { texts, state, actions } = useCollections();
  const collection = getOpen(state)?.collection;
  const dialog = state.dialog.value;
  if (dialog === undefined || !actions) return null;
  if (dialog === 'create') return <FieldsDialog title={texts.create} onSave={actions.create} />;
  if (!collection) return null;
  if (dialog === 'delete') return <DeleteDialog collection={collection} />;
  return <FieldsDialog title={texts.editTitle} fields={collection} onSave={actions.edit} />;
}
