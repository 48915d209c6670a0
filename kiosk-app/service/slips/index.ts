export type { SlipPaper } from './papers-table.ts';
export { type ProvisionalReceiptSlipData, provisionalReceiptSlip } from './provisional-receipt-slip.ts';
export { type ReceiptSlipData, receiptSlip } from './receipt-slip.ts';
export { type TicketSlipData, ticketSlip } from './ticket-slip.ts';
export { type Bilingual, copyMark, type SlipLanguage } from './wording.ts';
