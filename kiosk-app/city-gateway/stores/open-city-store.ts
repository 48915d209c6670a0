import { join } from 'node:path';
import type { UploadParts } from '../database/upload-parts.ts';
import type { CityStore } from './city-store.ts';
import { openDiskStore } from './disk-store.ts';

export interface S3Access {
  readonly endpoint?: string;
  readonly region: string;
  /** Otherwise found as the AWS SDK finds them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** `disk:` in the data folder, or `s3://bucket/prefix`. Throws when it cannot be reached. */
export async function openCityStore(options: {
  readonly url: string;
  readonly dataFolder: string;
  readonly s3: S3Access;
  readonly parts: UploadParts;
  /** On the disk, left free. */
  readonly reservedBytes?: number;
}): Promise<CityStore> {
  const { url, dataFolder } = options;
  if (url === 'disk:') return openDiskStore(join(dataFolder, 'dossiers'), options.reservedBytes);
  const { hostname: bucket, pathname } = new URL(url);
  const prefix = pathname.replace(/^\/+|\/+$/g, '');
  // Tens of megabytes of code that a gateway on its own disk never needs.
  const { openS3Store } = await import('./s3-store.ts');
  return openS3Store({
    ...options.s3,
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    parts: options.parts,
    spoolFolder: join(dataFolder, 'spool'),
  });
}
