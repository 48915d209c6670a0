import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@motcua/core';
import type { z } from 'zod';
import { findDuplicateKey } from './duplicate-key.ts';

/** Far above any honest configuration or catalogue; below what could hurt. */
const MAX_BYTES = 4_194_304;

export type JsonFileError = {
  readonly code:
    | 'file-missing'
    | 'file-unreadable'
    | 'file-too-large'
    | 'file-not-json'
    | 'file-duplicate-key';
  readonly detail: string;
};

/** Reads one JSON file with a cap; a key that stands twice is refused, because JSON would silently keep the last. */
export function readJsonFile(file: string): Result<unknown, JsonFileError> {
  let text: string;
  try {
    const facts = statSync(file);
    if (!facts.isFile()) return err({ code: 'file-unreadable', detail: 'it is not a file' });
    if (facts.size > MAX_BYTES)
      return err({ code: 'file-too-large', detail: `${facts.size} bytes, at most ${MAX_BYTES}` });
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENOENT') return err({ code: 'file-missing', detail: 'there is no such file' });
    return err({ code: 'file-unreadable', detail: `it cannot be read (${code})` });
  }
  try {
    const value: unknown = JSON.parse(text);
    const twice = findDuplicateKey(text);
    if (twice !== undefined)
      return err({ code: 'file-duplicate-key', detail: `"${twice}" stands there twice` });
    return ok(value);
  } catch (error) {
    return err({
      code: 'file-not-json',
      detail: error instanceof SyntaxError ? error.message.slice(0, 200) : 'not JSON',
    });
  }
}

/** What a schema misses in a value, one line per place: `devices.0.uri: expected …`. */
export function listProblems(error: z.ZodError): readonly string[] {
  return error.issues
    .slice(0, 20)
    .map((issue) => `${issue.path.join('.') || '(the whole file)'}: ${issue.message}`);
}

/** The data that comes with this workspace, wherever it is installed. */
export function ownFolder(...names: readonly string[]): string {
  return join(import.meta.dirname, ...names);
}
