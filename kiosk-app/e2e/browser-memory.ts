import type { DemoBrowser } from '@motcua/cli/demo/browser';

/** Every string that the page's memory holds, after its rubbish was collected: a heap snapshot's. */
export async function stringsInMemory({ context, page }: DemoBrowser): Promise<readonly string[]> {
  const devTools = await context.newCDPSession(page);
  const chunks: string[] = [];
  devTools.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await devTools.send('HeapProfiler.collectGarbage');
  await devTools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await devTools.detach();
  return (JSON.parse(chunks.join('')) as { strings: string[] }).strings;
}

/** What a page can leave behind in the browser; the session's cookie is out of its reach and stays. */
export function leftBehind({ page }: DemoBrowser): Promise<unknown> {
  return page.evaluate(`(async () => ({
    localStorage: { ...localStorage },
    sessionStorage: { ...sessionStorage },
    cookie: document.cookie,
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
  }))()`);
}
