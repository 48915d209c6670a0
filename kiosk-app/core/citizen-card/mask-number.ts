/** A person's number as a screen may show it: `079•••••1234`. Too short to hide anything: only dots. */
export function maskNumber(number: string): string {
  const shown = number.length >= 12 ? 3 : 0;
  const end = number.length >= 9 ? number.slice(-4) : '';
  return number.slice(0, shown) + '•'.repeat(number.length - shown - end.length) + end;
}
