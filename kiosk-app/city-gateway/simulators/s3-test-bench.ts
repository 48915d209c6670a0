import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import type { S3Access } from '../stores/open-city-store.ts';

export interface TestS3 {
  readonly access: Required<S3Access>;
  readonly bucket: string;
  /** The objects as files, to look at from outside. */
  readonly folder: string;
  close(): Promise<void>;
}

/** An S3 server with one empty bucket on a free port of the loopback address. */
export async function startTestS3(): Promise<TestS3> {
  const folder = await mkdtemp(join(tmpdir(), 's3-'));
  const bucket = 'motcua-dossiers';
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  const { port } = await server.run();
  return {
    access: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      // What `s3rver` takes.
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    },
    bucket,
    folder: join(folder, bucket),
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
