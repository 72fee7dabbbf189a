/**
 * Everything that changes marks and collections on the wall, in one file of the bundle: it is loaded with the first task that is
 * opened, the first selection, or the first key.
 */
export { MarkButtons } from '../components/MarkButtons.tsx';
export { MarksEditor } from '../components/MarksEditor.tsx';
export { loadCollectionControls } from './collections/collection-controls.ts';
export { createMarking } from './marking.ts';
