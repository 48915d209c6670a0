import { systemClock, unwrap, vietnamTime } from '@motcua/core';
import sharp from 'sharp';
import { digitisePage, type PageOrder } from './digitise-page.ts';
import { findLanguageData, npmLanguageData } from './recognition/language-data.ts';
import { openTesseract } from './recognition/tesseract-engine.ts';
import { type Kinds, loadKinds } from './understanding/load-kinds.ts';
import { createMrzReader } from './understanding/reread-mrz.ts';

/** The process behind one slot of the digitiser: reads one page a message. Started by `createDigitiser` only. */
interface Order {
  readonly page: PageOrder;
  readonly languageData: 'found' | 'npm';
  readonly kindsFolder: string | undefined;
}

// One process a core: threads of their own would only get in each other's way.
sharp.concurrency(1);
sharp.cache(false);

let engine: ReturnType<typeof openTesseract> | undefined;
let kinds: Kinds | undefined;
const mrzReader = createMrzReader();

process.on('message', (message: Order) => {
  engine ??= openTesseract(message.languageData === 'npm' ? npmLanguageData() : findLanguageData());
  // The digitiser has loaded them before it sent anything: they are good.
  kinds ??= unwrap(loadKinds(message.kindsFolder));
  const known = { kinds, mrzReader, today: vietnamTime(systemClock.now()).localDay };
  // A bug rejects, which ends the process: the pool repeats the page in a fresh one.
  void engine
    .then((ready) => digitisePage(message.page, ready, known, () => performance.now()))
    .then((result) => process.send?.(result));
});

// The parent is gone, killed perhaps: nobody waits for an answer.
process.on('disconnect', () => process.exit(0));
