import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { lockExclusively } from '../database/exclusive-lock.ts';
import type { UploadParts } from '../database/upload-parts.ts';
import { assertId, type CityStore, OffsetConflict } from './city-store.ts';
import { RESERVED_BYTES } from './disk-store.ts';
import { writeAt } from './write-at.ts';

export interface S3StoreOptions {
  readonly bucket: string;
  /** In front of all keys; with a slash at its end, or empty. */
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region: string;
  /** Otherwise found as the AWS SDK finds them (`AWS_ACCESS_KEY_ID` …). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly parts: UploadParts;
  /** On a local disk, this process's own: chunks on their way, and dossiers while they are verified. */
  readonly spoolFolder: string;
}

/** An object that no row knows is waste when it is older than the slowest request. */
const ORPHAN_MS = 24 * 3_600_000;

/**
 * Each chunk is an object of its own, and a row in the database says that it counts: any gateway goes on where another
 * stopped, without S3's multipart uploads, whose parts have a least size and which not every server can list. A chunk
 * is spooled first, so that memory does not grow with the number of kiosks and a broken line costs only what was not
 * yet sent. The verified whole becomes one object, `dossiers/{id}.asice`.
 */
export async function openS3Store(options: S3StoreOptions): Promise<CityStore> {
  const { bucket, parts, prefix, spoolFolder } = options;
  const client = new S3Client({
    region: options.region,
    // Servers other than Amazon's know neither bucket host names nor the newer checksums in trailers.
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 4,
  });
  // Two gateways with one spool would sweep each other's chunks away.
  const unlock = lockExclusively(`${spoolFolder}.lock`);
  await rm(spoolFolder, { recursive: true, force: true });
  await mkdir(spoolFolder, { recursive: true, mode: 0o700 });
  await client.send(new HeadBucketCommand({ Bucket: bucket })).catch((error: unknown) => {
    unlock();
    throw error;
  });

  const sealedKey = (id: string) => `${prefix}dossiers/${assertId(id)}.asice`;
  const uploadsPrefix = `${prefix}uploads/`;
  const put = async (key: string, file: string) => {
    const { size } = await stat(file);
    const Body = createReadStream(file);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentLength: size }));
    return size;
  };
  const drop = (key: string) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  const fetchInto = async (key: string, file: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await pipeline(Body as Readable, createWriteStream(file, { flags: 'a', mode: 0o600 }));
  };
  const spooled = async <T>(work: (file: string) => Promise<T>) => {
    const file = join(spoolFolder, randomUUID());
    return work(file).finally(() => rm(file, { force: true }));
  };
  /** Rows first: a row without its object would claim bytes that are gone. */
  const removeParts = async (id: string) => {
    const gone = await parts.of(assertId(id));
    await parts.remove(id);
    for (const part of gone) await drop(part.object_key);
  };

  return {
    ensure: async () => undefined,
    receivedBytes: (id) => parts.end(assertId(id)),
    append: (id, offset, bytes) =>
      spooled(async (file) => {
        if ((await parts.end(assertId(id))) !== offset) throw new OffsetConflict();
        const { broken, written: length } = await writeAt(file, { flags: 'w', position: 0 }, bytes);
        if (length > 0) {
          const key = `${uploadsPrefix}${id}/${String(offset).padStart(12, '0')}-${randomUUID()}`;
          await put(key, file);
          if (!(await parts.add({ dossier_id: id, start: offset, length, object_key: key }))) {
            await drop(key);
            throw new OffsetConflict();
          }
        }
        if (broken !== null) throw broken.error;
        return offset + length;
      }),
    discard: removeParts,
    withFile: (id, work) =>
      spooled(async (file) => {
        const keys = (await parts.of(assertId(id))).map((part) => part.object_key);
        for (const key of keys.length > 0 ? keys : [sealedKey(id)]) await fetchInto(key, file);
        return work(file);
      }),
    seal: async (id, file) => {
      await put(sealedKey(id), file);
    },
    tidy: removeParts,
    remove: async (id) => {
      await removeParts(id);
      await drop(sealedKey(id));
    },
    hasRoomFor: async (bytes) => {
      const { bavail, bsize } = await statfs(spoolFolder);
      return bavail * bsize - RESERVED_BYTES >= bytes;
    },
    sweep: async (now) => {
      for (const id of await parts.leftOver(1_000)) await removeParts(id);
      let token: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: uploadsPrefix, ContinuationToken: token }),
        );
        const old = (page.Contents ?? []).flatMap(({ Key, LastModified }) =>
          Key !== undefined &&
          LastModified !== undefined &&
          now.getTime() - LastModified.getTime() > ORPHAN_MS
            ? [Key]
            : [],
        );
        for (const key of await parts.unknown(old)) await drop(key);
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },
    close: async () => {
      client.destroy();
      unlock();
    },
  };
}
