/** Everything that changes marks, in one file of the bundle: it is loaded with the first task that is opened, or the first key. */
export { MarkButtons } from '../components/MarkButtons.tsx';
export { MarksEditor } from '../components/MarksEditor.tsx';
export { createMarking } from './marking.ts';
