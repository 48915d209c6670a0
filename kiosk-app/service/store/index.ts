export { createFileLayout, type FileLayout } from './file-layout.ts';
export { openStorage, type Storage } from './open-storage.ts';
