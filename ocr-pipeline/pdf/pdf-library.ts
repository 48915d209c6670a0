/** Loading it takes a tenth of a second: whoever reads pages first lets it load meanwhile. */
export function loadPdfLibrary(): Promise<typeof import('@cantoo/pdf-lib')> {
  return import('@cantoo/pdf-lib');
}
