export { openSealedFile } from '../store/blobs/sealed-file.ts';
export { ExportEnvelope, openEnvelope } from './export-envelope.ts';
export { createUploadClient, type UploadError } from './upload-client.ts';
