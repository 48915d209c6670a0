/**
 * Every event that the audit trail can hold, with what its data means. One place, so that an auditor reads the whole
 * list and a new event cannot appear unnoticed. Data are codes, counts and identifiers, never personal data.
 */
export const auditCatalogue = {
  'service-started': 'The service started; data: version, migrations applied, visits resumed.',
  'service-stopped': 'The service was stopped in order.',
  'visit-started': 'A person began a visit.',
  'visit-resumed': 'A visit was found open after a restart and goes on at its step; data: step.',
  'visit-step': 'The visit moved to a step; data: step.',
  'visit-ended': 'The visit ended; data: reason (finished, timed-out, number-only, cancelled).',
  'ticket-issued': 'An order number was given; data: number, local day, service field.',
  'print-state': 'A print job changed state; data: kind, state, reason.',
  'receipt-reprinted':
    'A receipt was printed for a person who had left, on a technician’s word; data: dossier id, kind.',
  'card-read': 'A citizen card was read; data: source, count of warnings.',
  'card-refused': 'What was read is not a usable citizen card; data: code.',
  'chip-read': 'The chip of the card was read; data: verdict, level, whether it contradicts the code.',
  'chip-failed': 'The chip of the card was not read; data: code.',
  'card-confirmed': 'The person confirmed that the card is theirs; data: level.',
  'page-scanned': 'A page arrived and is safe on disk; data: paper, page id.',
  'page-turned': 'A page was turned by the person; data: page id, degrees.',
  'page-removed': 'A page was removed by the person; data: page id.',
  'page-digitised': 'A page was read; data: page id, kind of paper, time.',
  'page-failed': 'A page could not be read; data: page id, code.',
  'scan-failed': 'Scanning stopped; data: code.',
  'dossier-sealed': 'A dossier was sealed, stored and queued; data: dossier id, SHA-256, count of papers.',
  'seal-level':
    'The seal of a dossier reached a level; data: dossier id, level, why not further (an authority that did not answer).',
  'upload-tried': 'An upload attempt failed and will be repeated; data: code, attempt.',
  'upload-accepted': 'The city accepted the dossier and its receipt was verified; data: dossier code.',
  'dossier-status':
    'The city said what became of a dossier that it has; data: dossier id, status of the national list.',
  'upload-refused': 'The city refused the dossier; it is set aside; data: code.',
  'dossier-requeued': 'An officer queued a refused dossier again; data: dossier id.',
  'dossier-withdrawn': 'An officer gave a refused dossier up; it was deleted here; data: dossier id.',
  'dossier-exported': 'A dossier was copied out, encrypted to the city; data: dossier id.',
  'dossier-deleted':
    'The days after the city’s receipt are over; the dossier was deleted here; data: dossier id.',
  'draft-kept': 'A visit ended before submission; its pages are kept as a draft; data: pages.',
  'draft-reopened': 'The owner reopened a draft; data: pages.',
  'person-wiped': 'Temporary files of a visit were deleted; data: files.',
  'space-level': 'The free space reached another level; data: level (ok, low, short), megabytes free.',
  'database-copied': 'A copy of the database was made.',
  'audit-alarm':
    'The city has kept a head of this audit trail that the trail does not have: the database was put back; data: entry, hash.',
  'audit-alarm-acknowledged': 'A technician looks into such alarms; data: alarms.',
  'content-taken': 'A signed document of the city was taken over; data: kind, version.',
  'content-refused': 'What the city’s address gave out as its document was not believed; data: kind, code.',
  'device-state': 'A device changed state; data: role, state.',
  'request-refused': 'A request was refused by the loopback guard; data: code.',
  'officer-account': 'An officer’s account was made or changed by a technician; data: officer, change.',
  'officer-logged-in': 'An officer logged in; data: officer.',
  'officer-login-refused': 'A log-in of an officer was refused; data: code.',
  'officer-opened': 'An officer looked into a dossier; data: officer, dossier id.',
  'officer-signed':
    'An officer signed a dossier; data: officer, dossier id, id of the signed version, outcome.',
  'officer-rejected':
    'An officer rejected a dossier, the reason stands in its new version; data: officer, dossier id, id of the version.',
  'officer-signing-failed': 'A dossier could not be signed; data: officer, dossier id, code.',
} as const;

export type AuditEvent = keyof typeof auditCatalogue;
