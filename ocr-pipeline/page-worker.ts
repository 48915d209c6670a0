import sharp from 'sharp';
import { digitisePage, type PageOrder } from './digitise-page.ts';
import { findLanguageData, npmLanguageData } from './recognition/language-data.ts';
import { openTesseract } from './recognition/tesseract-engine.ts';

/** The process behind one slot of the digitiser: reads one page a message. Started by `createDigitiser` only. */
interface Order {
  readonly page: PageOrder;
  readonly languageData: 'found' | 'npm';
}

// One process a core: threads of their own would only get in each other's way.
sharp.concurrency(1);
sharp.cache(false);

let engine: ReturnType<typeof openTesseract> | undefined;

process.on('message', (message: Order) => {
  engine ??= openTesseract(message.languageData === 'npm' ? npmLanguageData() : findLanguageData());
  // A bug rejects, which ends the process: the pool repeats the page in a fresh one.
  void engine
    .then((ready) => digitisePage(message.page, ready, () => performance.now()))
    .then((result) => process.send?.(result));
});

// The parent is gone, killed perhaps: nobody waits for an answer.
process.on('disconnect', () => process.exit(0));
