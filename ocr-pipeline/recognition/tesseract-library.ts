import { err, ok, type Result } from '@motcua/core';
import type { Grey } from '../imaging/image.ts';
import { ENGINE_PARAMETERS, type EngineError } from './engine.ts';

/** The shared library that the program `tesseract` 5 is a thin front of: everything asked of its C API (`tesseract/capi.h`) is in this file. */
const LIBRARY = 'libtesseract.so.5';
const LSTM_ONLY = 1;

/** An engine with its model loaded, in this process. Reading blocks the thread; a crash ends the process. */
export interface LoadedTesseract {
  /** The TSV table of a picture, without its heading. */
  read(image: Grey, layout: string, timeoutMs: number): Result<string, EngineError>;
  close(): void;
}

/**
 * Starting the program costs 0.09 s of processor time a picture (measured: of 0.57), most of it for its tables of
 * ambiguous letters and 57 shared libraries; the library does that once. `engine-missing` when it cannot be loaded, or
 * is not of `version`.
 */
export async function loadTesseract(
  data: { readonly folder: string; readonly language: 'vie' | 'eng' },
  version: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Result<LoadedTesseract, EngineError>> {
  const api = await loadApi();
  if (api === undefined || api.version() !== version) return err({ code: 'engine-missing' });
  const handle = api.create();
  // Else it writes to the process's standard error.
  api.setVariable(handle, 'debug_file', '/dev/null');
  if (api.init(handle, data.folder, data.language, LSTM_ONLY) !== 0) {
    api.delete(handle);
    return err({ code: 'engine-model-missing' });
  }
  for (const [name, value] of Object.entries({ ...ENGINE_PARAMETERS, ...parameters }))
    api.setVariable(handle, name, value);
  return ok({
    read({ width, height, data }, layout, timeoutMs) {
      api.setPageSegMode(handle, Number(layout));
      api.setImage(handle, data, width, height, 1, width);
      const monitor = api.createMonitor();
      api.setDeadline(monitor, timeoutMs);
      const started = performance.now();
      const status = api.recognize(handle, monitor);
      api.deleteMonitor(monitor);
      const table = status === 0 ? api.tsvText(handle, 0) : null;
      const text = table === null ? undefined : api.decode(table);
      if (table !== null) api.deleteText(table);
      // Nothing of a page outlives its reading.
      api.clear(handle);
      if (text !== undefined) return ok(text);
      return err({ code: performance.now() - started >= timeoutMs ? 'engine-timeout' : 'engine-crashed' });
    },
    close: () => api.delete(handle),
  });
}

type Handle = unknown;

interface Api {
  readonly version: () => string;
  readonly create: () => Handle;
  readonly delete: (handle: Handle) => void;
  readonly init: (handle: Handle, dataFolder: string, language: string, mode: number) => number;
  readonly setVariable: (handle: Handle, name: string, value: string) => boolean;
  readonly setPageSegMode: (handle: Handle, mode: number) => void;
  readonly setImage: (
    handle: Handle,
    pixels: Uint8Array,
    width: number,
    height: number,
    bytesPerPixel: number,
    bytesPerLine: number,
  ) => void;
  readonly recognize: (handle: Handle, monitor: Handle) => number;
  readonly tsvText: (handle: Handle, page: number) => Handle | null;
  /** The text behind a pointer. */
  readonly decode: (text: Handle) => string;
  readonly deleteText: (text: Handle) => void;
  readonly clear: (handle: Handle) => void;
  readonly createMonitor: () => Handle;
  readonly setDeadline: (monitor: Handle, milliseconds: number) => void;
  readonly deleteMonitor: (monitor: Handle) => void;
}

async function loadApi(): Promise<Api | undefined> {
  // One page a core is faster than one page on all cores. OpenMP reads it once, when it is loaded.
  process.env['OMP_THREAD_LIMIT'] = '1';
  try {
    const { default: koffi } = await import('koffi');
    const library = koffi.load(LIBRARY);
    return {
      version: library.func('const char *TessVersion()'),
      create: library.func('void *TessBaseAPICreate()'),
      delete: library.func('void TessBaseAPIDelete(void *)'),
      init: library.func('int TessBaseAPIInit2(void *, const char *, const char *, int)'),
      setVariable: library.func('bool TessBaseAPISetVariable(void *, const char *, const char *)'),
      setPageSegMode: library.func('void TessBaseAPISetPageSegMode(void *, int)'),
      setImage: library.func('void TessBaseAPISetImage(void *, const uint8_t *, int, int, int, int)'),
      recognize: library.func('int TessBaseAPIRecognize(void *, void *)'),
      tsvText: library.func('void *TessBaseAPIGetTsvText(void *, int)'),
      decode: (text) => koffi.decode(text, 'char', -1),
      deleteText: library.func('void TessDeleteText(void *)'),
      clear: library.func('void TessBaseAPIClear(void *)'),
      createMonitor: library.func('void *TessMonitorCreate()'),
      setDeadline: library.func('void TessMonitorSetDeadlineMSecs(void *, int)'),
      deleteMonitor: library.func('void TessMonitorDelete(void *)'),
    };
  } catch {
    // Not there, not for this processor, or without a function that every version 5 has.
    return undefined;
  }
}
